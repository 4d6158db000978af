import { expect, test } from 'vitest';
import { fold, matching, type Place } from './parts/keeping.ts';

const place = (vi: string, kind: string): Place => ({ id: vi, kind, kind_name: { vi: kind, en: kind }, name: { vi, en: vi }, longitude: null, latitude: null });

test('what is kept is found without diacritics, the beginning of a name first', () => {
  const places = [place('Trạm y tế cạnh Bệnh viện', 'Trạm y tế'), place('Bệnh viện Đa khoa', 'Bệnh viện'), place('Chợ Cũ', 'Chợ')];
  expect(fold('Đường Hùng Vương – 12/3')).toBe('duong hung vuong 12 3');
  expect(matching(places, 'benh vien').map((found) => found.id)).toEqual(['Bệnh viện Đa khoa', 'Trạm y tế cạnh Bệnh viện']);
  expect(matching(places, 'khong co')).toEqual([]);
  expect(matching(places, '')).toHaveLength(3);
});
