import './khmer.css';
