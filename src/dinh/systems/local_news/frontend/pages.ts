import './pages.css';

for (const control of document.querySelectorAll<HTMLSelectElement>('[data-submits]')) control.addEventListener('change', () => control.form?.requestSubmit());
