/** The pages of background work: a choice of kind filters at once. */
import './jobs.css';

for (const control of document.querySelectorAll<HTMLSelectElement>('[data-submits]')) control.addEventListener('change', () => control.form?.requestSubmit());
