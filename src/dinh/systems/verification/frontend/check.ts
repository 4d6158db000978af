import './check.css';
