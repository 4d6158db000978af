import { chooser } from '@house/words.ts';

const VI = {
  asking: 'Đang hỏi vị trí của thiết bị…',
  denied: 'Thiết bị không cho biết vị trí. Hãy chọn một xã, phường trong danh sách.',
  unavailable: 'Không xác định được vị trí. Hãy chọn một xã, phường trong danh sách.',
  copied: 'Đã sao chép đường liên kết',
  offline: 'Không có kết nối. Đây là các địa điểm ở {area} lưu trên thiết bị lúc {time}.',
  offlineNothing: 'Không có kết nối, và thiết bị chưa lưu địa điểm nào. Khi có mạng, hãy mở một xã, phường trên bản đồ.',
  area: 'Địa điểm ở {area}',
  keptAt: 'Lưu lúc {time}',
  noArea: 'Chưa lưu xã, phường nào. Khi có mạng, hãy chọn một xã, phường trên bản đồ.',
  way: 'Đường đi: {from} → {to}',
  noWay: 'Chưa lưu đường đi nào. Khi có mạng, hãy tìm một đường đi.',
  find: 'Tìm trong các địa điểm đã lưu',
  none: 'Không có địa điểm nào như vậy.',
  again: 'Tải lại',
  failed: 'Không tải được; đây là bản đã lưu.',
  forget: 'Xoá khỏi thiết bị',
  simulated: 'mô phỏng',
  hours: 'Giờ mở cửa: {hours}',
  days: 'Thứ Hai,Thứ Ba,Thứ Tư,Thứ Năm,Thứ Sáu,Thứ Bảy,Chủ nhật',
};

const EN: typeof VI = {
  asking: 'Asking this device where it is…',
  denied: 'This device does not tell its position. Choose a commune from the list.',
  unavailable: 'The position could not be found. Choose a commune from the list.',
  copied: 'The link was copied',
  offline: 'No connection. These are the places of {area}, kept on this device at {time}.',
  offlineNothing: 'No connection, and this device keeps no places yet. With a connection, open a commune on the map.',
  area: 'Places of {area}',
  keptAt: 'Kept at {time}',
  noArea: 'No commune is kept yet. With a connection, choose one on the map.',
  way: 'Way: {from} → {to}',
  noWay: 'No way is kept yet. With a connection, look for one.',
  find: 'Search the places that are kept',
  none: 'There is no such place.',
  again: 'Load again',
  failed: 'It could not be loaded; this is what was kept.',
  forget: 'Delete from this device',
  simulated: 'simulated',
  hours: 'Opening hours: {hours}',
  days: 'Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday',
};

export const say = chooser(VI, EN);
