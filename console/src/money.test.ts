import { describe, expect, it } from 'vitest'
import * as money from './money'

describe('an amount', () => {
  it('is read as whole fen and written as it was', () => {
    for (const one of ['0.00', '0.01', '1400.00', '-0.01', '-12.30', '99999999999999999.99']) {
      expect(money.text(money.fen(one))).toBe(one)
    }
    expect(money.fen('1400')).toBe(140000n)
    expect(money.fen('1400.5')).toBe(140050n)
  })

  it('is refused when it is not one', () => {
    for (const one of ['', '1,400.00', '1.234', 'abc', '1e3', '--1', '.5']) {
      expect(() => money.fen(one)).toThrow(RangeError)
    }
  })

  it('is summed without losing a fen, where floats would', () => {
    expect(money.sum('0.10', '0.20')).toBe('0.30')
    expect(money.sum(...Array<string>(1000).fill('0.07'))).toBe('70.00')
    expect(money.sum('90071992547409.91', '0.01')).toBe('90071992547409.92')
    expect(money.sum()).toBe('0.00')
    expect(money.minus('1.00', '2.50')).toBe('-1.50')
  })

  it('is sorted by value', () => {
    expect(['9.00', '-10.00', '10.00', '0.00'].sort(money.compare)).toEqual(['-10.00', '0.00', '9.00', '10.00'])
  })
})

describe('shown', () => {
  it('has thousands separators, two decimals and a real minus', () => {
    expect(money.grouped('0.00')).toBe('0.00')
    expect(money.grouped('999.90')).toBe('999.90')
    expect(money.grouped('1000.00')).toBe('1,000.00')
    expect(money.grouped('-1234567.89')).toBe('−1,234,567.89')
  })

  it('is rounded half away from zero in larger units', () => {
    expect(money.grouped('12345678.00', 'wan')).toBe('1,234.57')
    expect(money.grouped('50.00', 'wan')).toBe('0.01')
    expect(money.grouped('49.99', 'wan')).toBe('0.00')
    expect(money.grouped('-50.00', 'wan')).toBe('−0.01')
    expect(money.grouped('-49.99', 'wan')).toBe('0.00')
    expect(money.grouped('80945490000.00', 'yi')).toBe('809.45')
  })

  it('takes the unit that fits the largest', () => {
    expect(money.fittingUnit('99999.99')).toBe('yuan')
    expect(money.fittingUnit('1.00', '-100000.00')).toBe('wan')
    expect(money.fittingUnit('100000000.00')).toBe('yi')
    expect(money.fittingUnit()).toBe('yuan')
  })

  it('is a share with one decimal', () => {
    expect(money.share('636.00', '1400.00')).toBe('45.4%')
    expect(money.share('-1.00', '3.00')).toBe('−33.3%')
    expect(money.share('1.00', '0.00')).toBe('–')
    expect(money.forDrawing('1.00', '4.00')).toBe(0.25)
  })
})

describe('typed', () => {
  it('is understood as people type', () => {
    expect(money.typed('1400')).toBe('1400.00')
    expect(money.typed(' 1,400.5 ')).toBe('1400.50')
    expect(money.typed('１４００．５元')).toBe('1400.50')
    expect(money.typed('¥12.')).toBe('12.00')
    expect(money.typed('.5')).toBe('0.50')
    expect(money.typed('12。5')).toBe('12.50')
    expect(money.typed('0012')).toBe('12.00')
    expect(money.typed('−3')).toBe('-3.00')
  })

  it('is refused rather than guessed', () => {
    for (const one of ['', '.', 'abc', '1.234', '1.2.3', '一千', '1-2']) expect(money.typed(one)).toBeNull()
  })
})
