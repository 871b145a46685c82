import { expect, test } from 'vitest'
import { written } from './books'
import type { Booked } from './desk'

const booked = (settlement: string, total: string, cancels = ''): Booked => ({
  settlement, cancels, msgid: 'M', person: 'P1', name: '甲', visit: 'V1', time: '2026-03-01 09:00:00', area: '500000', clearing: '11',
  total, fund: '1.00', account: '0.00', cash: '0.00', cancelled: false, infno: '2207',
})

test('a book is written in the seven columns, cancellations as such', () => {
  expect(written([booked('S1', '10.00'), booked('S2', '-10.00', 'S1')])).toBe('S1\tV1\tP1\t10.00\t1.00\t0.00\t0\nS2\tV1\tP1\t-10.00\t1.00\t0.00\t1\n')
  expect(written([])).toBe('')
})
