// JSON as text that came over the wire: numbers stay the digits that they are, so that an amount is never a float.

/** A number by its digits. */
export class Digits {
  constructor(readonly text: string) {}
}

export type Raw = string | boolean | null | Digits | Raw[] | { [name: string]: Raw }

/** Reads JSON; null where the text is none. */
export function read(text: string): Raw | undefined {
  let at = 0
  const blank = (): void => {
    while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++
  }
  const fault = (): never => {
    throw new SyntaxError(`at ${at}`)
  }
  const string = (): string => {
    const from = at++
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    if (at++ >= text.length) fault()
    return JSON.parse(text.slice(from, at)) as string
  }
  const value = (): Raw => {
    blank()
    const first = text[at]
    if (first === '{') {
      const object: { [name: string]: Raw } = {}
      at++
      blank()
      while (text[at] !== '}') {
        blank()
        if (text[at] !== '"') fault()
        const name = string()
        blank()
        if (text[at++] !== ':') fault()
        object[name] = value()
        blank()
        if (text[at] === ',') at++
        else if (text[at] !== '}') fault()
      }
      at++
      return object
    }
    if (first === '[') {
      const list: Raw[] = []
      at++
      blank()
      while (text[at] !== ']') {
        list.push(value())
        blank()
        if (text[at] === ',') at++
        else if (text[at] !== ']') fault()
      }
      at++
      return list
    }
    if (first === '"') return string()
    for (const [word, meant] of [['true', true], ['false', false], ['null', null]] as const) {
      if (text.startsWith(word, at)) {
        at += word.length
        return meant
      }
    }
    const number = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/.exec(text.slice(at))
    if (!number) return fault()
    at += number[0].length
    return new Digits(number[0])
  }
  try {
    const whole = value()
    blank()
    return at === text.length ? whole : undefined
  } catch {
    return undefined
  }
}

/** Writes JSON, indented where `indent` says by how much. */
export function write(raw: Raw, indent = 0, depth = 0): string {
  if (raw instanceof Digits) return raw.text
  if (raw === null || typeof raw !== 'object') return JSON.stringify(raw)
  const line = indent ? `\n${' '.repeat(indent * (depth + 1))}` : ''
  const end = indent ? `\n${' '.repeat(indent * depth)}` : ''
  const inner = Array.isArray(raw)
    ? raw.map((one) => write(one, indent, depth + 1))
    : Object.entries(raw).map(([name, one]) => `${JSON.stringify(name)}:${indent ? ' ' : ''}${write(one, indent, depth + 1)}`)
  const [open, close] = Array.isArray(raw) ? '[]' : '{}'
  return inner.length ? `${open}${line}${inner.join(`,${line}`)}${end}${close}` : `${open}${close}`
}

/** The text at a path such as `output.setlinfo.balc`, `output.result.0.memo`; '' where there is none. */
export function at(raw: Raw | undefined, path: string): string {
  const found = find(raw, path)
  return found instanceof Digits ? found.text : typeof found === 'string' ? found : ''
}

export function find(raw: Raw | undefined, path: string): Raw | undefined {
  return path.split('.').reduce<Raw | undefined>((one, step) => {
    if (one === null || one === undefined || typeof one !== 'object' || one instanceof Digits) return undefined
    return Array.isArray(one) ? one[Number(step)] : one[step]
  }, raw)
}

/** The rows of a list; a single object is one row. */
export function rows(raw: Raw | undefined, path: string): Raw[] {
  const found = find(raw, path)
  return Array.isArray(found) ? found : found && typeof found === 'object' && !(found instanceof Digits) ? [found] : []
}

/** Indented for people; as it is where it is no JSON. */
export function pretty(text: string): string {
  const raw = read(text)
  return raw === undefined ? text : write(raw, 2)
}
