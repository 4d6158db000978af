/* What sign-in pages need besides django-allauth's own scripts: faults told in words, codes kept. */
import './keys.css';

const english = document.documentElement.lang.startsWith('en');

const WORDS: Record<string, [string, string]> = {
  NotAllowedError: [
    'Đã huỷ hoặc quá thời gian chờ. Hãy thử lại; nếu khoá này chưa đăng ký ở đây, hãy dùng cách khác.',
    'Cancelled, or it took too long. Try again; if this key was never registered here, use another way.',
  ],
  InvalidStateError: ['Khoá này đã được đăng ký.', 'This key is registered already.'],
  SecurityError: [
    'Địa chỉ trang này không dùng được khoá truy cập: cần HTTPS hoặc localhost.',
    'Passkeys do not work at this address: it needs HTTPS or localhost.',
  ],
  NotSupportedError: ['Trình duyệt hoặc thiết bị không hỗ trợ khoá truy cập.', 'This browser or device has no passkeys.'],
};
const OTHER: [string, string] = ['Không đọc được khoá. Hãy thử lại hoặc dùng cách khác.', 'The key could not be read. Try again, or use another way.'];

document.addEventListener('allauth.error', (event) => {
  const name = (event as CustomEvent<{ exception?: Error }>).detail?.exception?.name ?? '';
  const [vietnamese, inEnglish] = (window.isSecureContext ? WORDS[name] : WORDS['SecurityError']) ?? OTHER;
  for (const place of document.querySelectorAll<HTMLElement>('[data-key-fault]')) {
    place.textContent = english ? inEnglish : vietnamese;
    place.hidden = false;
    place.setAttribute('role', 'alert');
  }
  event.preventDefault();
});

function textOf(id: string | undefined): string {
  const source = id ? document.getElementById(id) : null;
  return (source?.textContent ?? '').trim() + '\n';
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-download]')) {
  button.addEventListener('click', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([textOf(button.dataset['from'])], { type: 'text/plain' }));
    link.download = button.dataset['download'] ?? 'dinh.txt';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
  const before = button.lastChild?.textContent ?? '';
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(textOf(button.dataset['copy']).trim()).then(() => {
      if (button.lastChild) button.lastChild.textContent = english ? 'Copied' : 'Đã chép';
      setTimeout(() => { if (button.lastChild) button.lastChild.textContent = before; }, 2000);
    });
  });
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-print]')) {
  button.addEventListener('click', () => { window.print(); });
}
