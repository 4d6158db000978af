/** What the checks say, in Vietnamese and in English: [holds, does not hold, could not be checked]. */
type Three = [string, string, string];
const NONE = '';

export const CHECKS: Record<string, [Three, Three]> = {
  leaf: [
    ['Nội dung của mục có đúng mã băm đã ghi: không chữ nào bị sửa.', 'Nội dung của mục không có mã băm đã ghi: nội dung đã bị sửa.', NONE],
    ['The content of the entry has the stated hash: not a letter of it was changed.', 'The content of the entry does not have the stated hash: it was changed.', NONE],
  ],
  leaf_absent: [
    [NONE, NONE, 'Tệp không kèm nội dung của mục; chỉ kiểm được mã băm của nó.'],
    [NONE, NONE, 'The content of the entry is not in the file; only its hash was checked.'],
  ],
  path: [
    ['Đường đi dẫn từ mục tới gốc: mục đứng đúng chỗ này trong sổ {size} mục.', 'Đường đi không dẫn từ mục tới gốc: mục không có trong sổ này.', NONE],
    ['The path leads from the entry to the root: it stands at this place in the ledger of {size} entries.', 'The path does not lead from the entry to the root: it is not in this ledger.', NONE],
  ],
  consistent: [
    ['Sổ {size} mục là phần đầu của sổ lớn hơn: chỉ có ghi thêm, không mục nào bị sửa hay xoá.', 'Sổ {size} mục không phải phần đầu của sổ lớn hơn: lịch sử đã bị viết lại.', NONE],
    ['The ledger of {size} entries is the beginning of the larger one: entries were added, none was changed or removed.', 'The ledger of {size} entries is not the beginning of the larger one: history was rewritten.', NONE],
  ],
  unsigned: [
    [NONE, NONE, 'Gốc của {size} mục không kèm chữ ký; chưa biết ai đứng tên.'],
    [NONE, NONE, 'The root of {size} entries comes without a signature: nobody answers for it yet.'],
  ],
  no_key: [
    [NONE, NONE, 'Không có khoá công khai nào để kiểm chữ ký trên {size} mục; hãy dán khoá vào ô bên dưới.'],
    [NONE, NONE, 'There is no public key to check the signature over {size} entries with; paste one below.'],
  ],
  other_tree: [
    [NONE, 'Điểm kiểm tra kèm theo nói về một sổ khác, không phải sổ {size} mục này.', NONE],
    [NONE, 'The checkpoint in the file speaks of another ledger, not of this one of {size} entries.', NONE],
  ],
  signature_good: [
    ['Gốc của {size} mục có chữ ký đúng của khoá công khai nêu dưới.', NONE, NONE],
    ['The root of {size} entries is signed by the public key named below.', NONE, NONE],
  ],
  signature_forged: [
    [NONE, 'Chữ ký trên {size} mục không đúng: điểm kiểm tra bị sửa hoặc chữ ký bị giả.', NONE],
    [NONE, 'The signature over {size} entries does not hold: the checkpoint was changed or the signature made up.', NONE],
  ],
  signature_unknown: [
    [NONE, 'Điểm kiểm tra của {size} mục do khoá khác ký, không phải khoá mà bạn tin.', NONE],
    [NONE, 'The checkpoint of {size} entries is signed by another key than those that you trust.', NONE],
  ],
  signature_unable: [
    [NONE, NONE, 'Trình duyệt này chưa kiểm được chữ ký Ed25519; hãy dùng Chrome hoặc Edge từ bản 137, Firefox từ bản 129, Safari từ bản 17.'],
    [NONE, NONE, 'This browser cannot check Ed25519 signatures; use Chrome or Edge from 137, Firefox from 129, Safari from 17.'],
  ],
  keys: [
    ['Mỗi khoá mới đều có chữ ký của khoá trước nó.', 'Có khoá không được khoá trước ký: đừng tin tệp này.', NONE],
    ['Each newer key was signed by the one before it.', 'A key was not signed by the one before it: do not trust this file.', NONE],
  ],
  elsewhere: [
    ['Điểm kiểm tra bạn lấy từ nơi khác ({size} mục) có cùng gốc: bạn và nơi ấy thấy cùng một sổ.', 'Điểm kiểm tra bạn lấy từ nơi khác ({size} mục) có gốc khác: sổ đã bị viết lại, hoặc mỗi người được cho xem một sổ.', NONE],
    ['The checkpoint that you got elsewhere ({size} entries) has the same root: you and that place see one ledger.', 'The checkpoint that you got elsewhere ({size} entries) has another root: the ledger was rewritten, or people are shown different ones.', NONE],
  ],
  elsewhere_other_size: [
    [NONE, NONE, 'Điểm kiểm tra lấy từ nơi khác nói về {size} mục; tệp này không có gì để so với nó. Hãy tải tệp so sánh hai thời điểm.'],
    [NONE, NONE, 'The checkpoint from elsewhere is of {size} entries, of which this file says nothing. Download the comparison of the two sizes.'],
  ],
  elsewhere_forged: [
    [NONE, 'Chữ ký trên điểm kiểm tra lấy từ nơi khác không đúng.', NONE],
    [NONE, 'The signature on the checkpoint from elsewhere does not hold.', NONE],
  ],
  elsewhere_unread: [
    [NONE, NONE, 'Không đọc được điểm kiểm tra lấy từ nơi khác; hãy dán nguyên văn, kể cả dòng bắt đầu bằng —.'],
    [NONE, NONE, 'The checkpoint from elsewhere could not be read; paste all of it, with the line that begins with —.'],
  ],
};

export const WORDS = {
  yes: ['đúng', 'holds'],
  no: ['SAI', 'FAILS'],
  open: ['chưa kiểm được', 'not checked'],
  good: ['Bằng chứng đúng', 'The proof holds'],
  bad: ['Bằng chứng KHÔNG đúng', 'The proof does NOT hold'],
  unsure: ['Bằng chứng tự nó đúng, nhưng còn điều chưa kiểm được', 'The proof holds in itself, but not everything could be checked'],
  entry: ['Mục số {index} trong sổ {size} mục.', 'Entry {index} in a ledger of {size} entries.'],
  sizes: ['Sổ {size} mục và phần đầu của nó.', 'A ledger of {size} entries and its beginning.'],
  checked: ['Đã kiểm những gì', 'What was checked'],
  says: ['Mục này ghi', 'What the entry says'],
  shown: ['Điều này chứng tỏ', 'What this shows'],
  notShown: ['Điều này không chứng tỏ', 'What this does not show'],
  proves: ['Mục này đã có trong sổ khi điểm kiểm tra được ký, và từ đó không bị sửa.', 'The entry was in the ledger when the checkpoint was signed, and was not changed since.'],
  notTruth: ['Rằng điều ghi trong sổ là đúng sự thật: sổ giữ nguyên lời đã ghi, không phán xét lời ấy.', 'That what was recorded is true: the ledger keeps what was said as it was said.'],
  notPeople: ['Lời lẽ về con người: sổ chỉ giữ cam kết có muối, nên nội dung có thể xoá mà bằng chứng vẫn đúng.', 'Words about people: the ledger holds salted commitments, so that the words can be erased and the proof still holds.'],
  notOthers: ['Rằng ai cũng được xem cùng một sổ: hãy so với điểm kiểm tra lấy từ nơi khác.', 'That everyone is shown the same ledger: compare with a checkpoint from elsewhere.'],
  whatNow: ['Nên làm gì', 'What to do'],
  loadAgain: ['Tải lại tệp từ trang /verify/ của cơ quan rồi kiểm lại: tệp có thể hỏng trên đường đi.', 'Download the file again from the /verify/ page of the office and check it: it may have been damaged on its way.'],
  tellThem: ['Nếu vẫn sai, hãy giữ tệp này và báo cho cơ quan giữ sổ, cùng nơi giữ điểm kiểm tra thứ hai.', 'If it fails again, keep this file and tell the office that keeps the ledger, and whoever keeps checkpoints elsewhere.'],
  erased: ['Nội dung đã xoá theo yêu cầu, ngày {day}. Bằng chứng vẫn đúng.', 'The words were erased on request on {day}. The proof still holds.'],
  keyTitle: ['Khoá công khai', 'The public key'],
  keyHint: ['Chữ ký chỉ đáng tin bằng khoá. Hãy so khoá này với khoá mà bạn đã biết từ trước: bản in, báo, hoặc trang /verify/keys/.', 'A signature is worth as much as its key. Compare this key with one that you knew before: printed, in a newspaper, or at /verify/keys/.'],
  keyLabel: ['Khoá mà bạn tin (bỏ trống thì lấy khoá trong tệp)', 'The key that you trust (left empty, the one in the file counts)'],
  noteLabel: ['Điểm kiểm tra lấy từ nơi khác (nếu có)', 'A checkpoint from elsewhere (if you have one)'],
  again: ['Kiểm lại', 'Check again'],
  notAProof: ['Đây không phải tệp bằng chứng', 'This is not a proof file'],
  field: ['Trường “{field}” thiếu hoặc không đúng dạng.', 'The field “{field}” is missing or malformed.'],
  noCrypto: ['Trình duyệt không cho tính mã băm ở địa chỉ này; hãy mở bằng HTTPS, localhost hoặc từ tệp trên máy.', 'The browser computes no hashes at this address; open the page by HTTPS, localhost or from a file.'],
} satisfies Record<string, [string, string]>;

export function said(words: [string, string], english: boolean, values: Record<string, string> = {}): string {
  return words[english ? 1 : 0].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
