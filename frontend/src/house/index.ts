import 'virtual:tokens.css';
import './css/house.css';
