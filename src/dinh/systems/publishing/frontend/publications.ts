import './publications.css';
