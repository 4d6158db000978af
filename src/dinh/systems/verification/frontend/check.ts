import './check.css';
import './checking/page.ts';
