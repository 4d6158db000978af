/** The words of scripts. Both languages have the same keys or `npm run check` fails. */
export type Language = 'vi' | 'en';

export const language: Language = document.documentElement.lang.startsWith('en') ? 'en' : 'vi';

const VI = {
  justNow: 'vừa xong',
  ago: '{time} trước',
  left: 'còn {time}',
  over: 'quá {time}',
  minutes: '{n} phút',
  hours: '{n} giờ',
  days: '{n} ngày',
  close: 'Đóng',
  cancel: 'Huỷ',
  confirm: 'Đồng ý',
  noAnswer: 'Máy chủ không trả lời. Dữ liệu trên trang chưa được cập nhật.',
  failed: 'Không thực hiện được ({status}). Hãy tải lại trang rồi thử lại.',
  copied: 'Đã sao chép',
  back: 'Đã kết nối lại',
  goTo: 'Mở mục {n} của trình đơn',
  sort: 'Sắp xếp',
  uploadTakeOut: 'Bỏ tệp {name}',
  uploadEmpty: 'Tệp rỗng; hãy chọn lại',
  uploadLarge: 'Tệp lớn hơn {size}; hãy chọn tệp nhỏ hơn',
  uploadMany: 'Chỉ gửi được tối đa {n} tệp một lần; hãy bỏ bớt.',
  uploadMend: 'Hãy bỏ tệp có lỗi trước khi gửi.',
};

const EN: typeof VI = {
  justNow: 'just now',
  ago: '{time} ago',
  left: '{time} left',
  over: '{time} over',
  minutes: '{n} min',
  hours: '{n} h',
  days: '{n} days',
  close: 'Close',
  cancel: 'Cancel',
  confirm: 'Confirm',
  noAnswer: 'The server does not answer. What is on the page has not been updated.',
  failed: 'That did not work ({status}). Load the page again and repeat.',
  copied: 'Copied',
  back: 'Connected again',
  goTo: 'Open entry {n} of the menu',
  sort: 'Sort',
  uploadTakeOut: 'Take out {name}',
  uploadEmpty: 'The file is empty; choose it again',
  uploadLarge: 'Larger than {size}; choose a smaller file',
  uploadMany: 'At most {n} files can be sent at once; take some out.',
  uploadMend: 'Take out the files with a fault before you send.',
};

/** Chooses by the language of the page and fills `{name}`; for a part's own words too. */
export function chooser<Words extends Record<string, string>>(vi: Words, en: { [Key in keyof Words]: string }) {
  return (key: keyof Words, values: Record<string, string | number> = {}, of: Language = language): string =>
    ((of === 'vi' ? vi : en)[key] as string).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

export const say = chooser(VI, EN);
