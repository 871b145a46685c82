// Talks to the service: JSON over the same origin, with the session's cookie and its token against forged requests.
// Every fault comes out as one type, `Problem`, which ProblemBox shows.

export type Query = Record<string, string | number | boolean | null | undefined | string[]>

/** A page of a list. */
export interface Page<Row> {
  rows: Row[]
  total: number
}

/** What went wrong, in the service's words. Codes of our own: `unreachable`, `unreadable`. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field?: string,
    readonly article?: string,
  ) {
    super(message)
    this.name = 'Problem'
  }

  static of(fault: unknown): Problem {
    if (fault instanceof Problem) return fault
    return new Problem(0, 'unreadable', fault instanceof Error ? fault.message : String(fault))
  }
}

/** True of a request that the page itself called off: nothing to show. */
export const calledOff = (fault: unknown): boolean => fault instanceof DOMException && fault.name === 'AbortError'

const held: { csrf: string | null; whenSignedOut: () => void } = { csrf: null, whenSignedOut: () => {} }

/** Set by the session. */
export const setToken = (csrf: string | null): void => void (held.csrf = csrf)
export const onSignedOut = (then: () => void): void => void (held.whenSignedOut = then)

export function address(path: string, query: Query = {}): string {
  const pairs = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (Array.isArray(value)) value.forEach((one) => pairs.append(key, one))
    else if (value !== null && value !== undefined && value !== '') pairs.append(key, String(value))
  }
  const text = pairs.toString()
  return text ? `${path}?${text}` : path
}

async function problem(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null
  const text = (key: string) => (typeof body?.[key] === 'string' ? (body[key] as string) : undefined)
  const fault = new Problem(
    response.status,
    text('code') ?? `http_${response.status}`,
    text('message') ?? '',
    text('field'),
    text('article'),
  )
  if (fault.code === 'not_signed_in') held.whenSignedOut()
  return fault
}

async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  const raw = body instanceof Blob || body instanceof FormData || typeof body === 'string'
  if (body !== undefined && !raw) headers['Content-Type'] = 'application/json'
  if (method !== 'GET' && held.csrf) headers['X-CSRF-Token'] = held.csrf
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      body: body === undefined ? undefined : raw ? (body as BodyInit) : JSON.stringify(body),
      signal,
    })
  } catch (fault) {
    if (calledOff(fault)) throw fault
    throw new Problem(0, 'unreachable', '')
  }
  if (!response.ok) throw await problem(response)
  return response
}

async function json<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(method, path, body, signal)
  if (response.status === 204) return undefined as T
  try {
    return (await response.json()) as T
  } catch (fault) {
    if (calledOff(fault)) throw fault
    throw new Problem(response.status, 'unreadable', '')
  }
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
  json<T>('GET', address(path, query), undefined, signal)
export const post = <T>(path: string, body?: unknown, signal?: AbortSignal) => json<T>('POST', path, body, signal)
export const put = <T>(path: string, body?: unknown, signal?: AbortSignal) => json<T>('PUT', path, body, signal)
export const del = <T>(path: string, body?: unknown, signal?: AbortSignal) => json<T>('DELETE', path, body, signal)

/** Keeps what the service answers as a file, under the name that the service gives it or this one. */
export async function download(path: string, name: string, options: { query?: Query; body?: unknown } = {}): Promise<void> {
  const method = options.body === undefined ? 'GET' : 'POST'
  const response = await send(method, address(path, options.query), options.body)
  const disposition = response.headers.get('Content-Disposition') ?? ''
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1]
  keep(await response.blob(), encoded ? decodeURIComponent(encoded) : (plain ?? name))
}

/** Offers a file to be kept. */
export function keep(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
