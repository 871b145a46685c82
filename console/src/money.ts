// Amounts are decimal text in yuan ("1400.00"), as the service writes them. Sums are whole fen in BigInt: no floats.

export type Money = string
export type Unit = 'yuan' | 'wan' | 'yi'

const MONEY = /^([-+]?)(\d+)(?:\.(\d{1,2}))?$/
const FEN_OF: Record<Unit, bigint> = { yuan: 100n, wan: 1_000_000n, yi: 10_000_000_000n }

/** The whole fen of an amount. Text that is no amount is a fault of the programme, not of the user. */
export function fen(money: Money): bigint {
  const found = MONEY.exec(money)
  if (!found) throw new RangeError(`not an amount: ${money}`)
  const whole = BigInt(found[2]!) * 100n + BigInt((found[3] ?? '').padEnd(2, '0'))
  return found[1] === '-' ? -whole : whole
}

/** The text of an amount of fen, as the service reads it. */
export function text(amount: bigint): Money {
  const size = amount < 0n ? -amount : amount
  return `${amount < 0n ? '-' : ''}${size / 100n}.${String(size % 100n).padStart(2, '0')}`
}

export const sum = (...amounts: Money[]): Money => text(amounts.reduce((all, one) => all + fen(one), 0n))

export const minus = (from: Money, what: Money): Money => text(fen(from) - fen(what))

export const negative = (money: Money): boolean => fen(money) < 0n

export const zero = (money: Money): boolean => fen(money) === 0n

/** -1, 0 or 1: for sorting. */
export function compare(one: Money, other: Money): number {
  const [a, b] = [fen(one), fen(other)]
  return a < b ? -1 : a > b ? 1 : 0
}

/** a / b, rounded half away from zero. */
function divided(a: bigint, b: bigint): bigint {
  const [size, by] = [a < 0n ? -a : a, b < 0n ? -b : b]
  const whole = (2n * size + by) / (2n * by)
  return a < 0n !== b < 0n ? -whole : whole
}

/** With thousands separators, two decimals and a real minus sign: "−1,400.00". */
export function grouped(money: Money, unit: Unit = 'yuan'): string {
  const hundredths = unit === 'yuan' ? fen(money) : divided(fen(money) * 100n, FEN_OF[unit])
  const plain = text(hundredths < 0n ? -hundredths : hundredths)
  const [whole, part] = plain.split('.')
  return `${hundredths < 0n ? '−' : ''}${whole!.replace(/\B(?=(\d{3})+$)/g, ',')}.${part}`
}

/** The largest unit in which the amount has a digit before the point. */
export function fittingUnit(...amounts: Money[]): Unit {
  const largest = amounts.reduce((most, one) => {
    const size = fen(one) < 0n ? -fen(one) : fen(one)
    return size > most ? size : most
  }, 0n)
  return largest >= FEN_OF.yi ? 'yi' : largest >= FEN_OF.wan * 10n ? 'wan' : 'yuan'
}

/** What somebody typed as an amount ("1,400.5", "１４００元", "¥ 12"), or null if it is none. */
export function typed(input: string): Money | null {
  const plain = input
    .replace(/[０-９．，－]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/。/g, '.')
    .replace(/−/g, '-')
    .replace(/[¥￥元,\s]/g, '')
  const found = MONEY.exec(/^\./.test(plain) ? `0${plain}` : plain.replace(/\.$/, ''))
  return found ? text(fen(found[0])) : null
}

/** A share as text with one decimal, "45.4%"; a dash where there is no whole. */
export function share(part: Money, whole: Money): string {
  if (fen(whole) === 0n) return '–'
  const thousandths = divided(fen(part) * 1000n, fen(whole))
  const size = thousandths < 0n ? -thousandths : thousandths
  return `${thousandths < 0n ? '−' : ''}${size / 10n}.${size % 10n}%`
}

/** A part of a whole as a number: for drawing only, never for an amount. */
export const forDrawing = (part: Money, whole: Money): number =>
  fen(whole) === 0n ? 0 : Number(divided(fen(part) * 1_000_000n, fen(whole))) / 1_000_000

/** An amount as a number of yuan: for a chart's axis only. */
export const onAxis = (money: Money): number => Number(money)
