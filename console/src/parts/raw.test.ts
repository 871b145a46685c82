import { expect, it } from 'vitest'
import { at, pretty, read, rows, write } from './raw'

it('numbers keep every digit', () => {
  const text = '{"a":1400.00,"b":[{"c":-0.10},12345678901234567890],"d":"x\\"y","e":null,"f":true,"g":{}}'
  const raw = read(text)!
  expect(write(raw)).toBe(text)
  expect(at(raw, 'a')).toBe('1400.00')
  expect(at(raw, 'b.0.c')).toBe('-0.10')
  expect(at(raw, 'b.1')).toBe('12345678901234567890')
  expect(at(raw, 'd')).toBe('x"y')
  expect(at(raw, 'nothing.here')).toBe('')
  expect(rows(raw, 'b')).toHaveLength(2)
})

it('what is no JSON is left as it is', () => {
  for (const text of ['', '{', '{"a"}', '[1,,2]', '{"a":1}x', 'no']) {
    expect(read(text)).toBeUndefined()
    expect(pretty(text)).toBe(text)
  }
  expect(pretty('{"a":[1,2.50]}')).toBe('{\n  "a": [\n    1,\n    2.50\n  ]\n}')
})
