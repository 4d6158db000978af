/** Pages of planning; maps are fetched only where there is one. */
import './planning.css';

if (document.querySelector('dinh-plan')) void import('./desk/desk.ts');
if (document.querySelector('dinh-difference')) void import('./desk/difference.ts');
