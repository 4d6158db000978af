import { toast } from '@house/toasts.ts';
import './specimens.css';

document.addEventListener('click', (event) => {
  const button = (event.target as Element).closest<HTMLElement>('[data-toast]');
  if (button) toast(button.dataset.toast ?? '', 'success');
});
