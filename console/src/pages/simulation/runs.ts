// Runs of simulations: what the service says of them, and how a page asks.
import { del, get, post, type Page } from '../../api'
import type { Money } from '../../money'

export const ROOT = '/api/v1/runs'

export type State = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'
export type Given = Record<string, unknown>

export interface Run {
  id: number
  kind: string
  words: string
  area: string
  area_name: string
  title: string
  state: State
  message: string | null
  /** How many are before it, while it waits. */
  before: number | null
  by: string
  at: string
  ended: string | null
  milliseconds: number | null
  done: number
  of: number
  memory: number
  command: string
  inputs: string[]
  given: Given
  package: number | null
}

export interface Cell {
  kind: 'text' | 'empty' | 'count' | 'yuan' | 'wan' | 'share' | 'millionths'
  shown: string
  /** Amounts as text in yuan, shares in millionths. */
  value?: string | number | null
}

export interface Bars {
  kind: 'bars' | 'stacked'
  title: string
  labels: string[]
  series: { name: string; values: number[] }[]
  colours: number[]
}
export interface Tornado {
  kind: 'tornado'
  bars: { name: string; down: Money | null; up: Money | null }[]
}
export interface Frontier {
  kind: 'frontier'
  points: { spent: Money; borne: Money; efficient: boolean; changes: string }[]
  base: { spent: Money; borne: Money }
  budget: Money | null
}
export interface Fan {
  kind: 'fan'
  title: string
  labels: string[]
  lines: { name: string; values: Money[] }[]
}
export type Drawing = Bars | Tornado | Frontier | Fan

export interface Table {
  key: string
  title: string
  note: string
  heads: { key: string; words: string; number: boolean }[]
  rows: Cell[][]
  charts: Drawing[]
}

export interface Report {
  title: string
  facts: { key: string; words: string; value: string }[]
  heroes: { words: string; value: string }[]
  notes: string[]
  bases: { what: string; value: string; from: string; why: string }[]
  tables: Table[]
}

export interface Finished extends Run {
  report?: Report
  said?: string | null
}

export interface FieldOf {
  name: string
  words: string
  shape: 'area' | 'whole' | 'yes' | 'amount' | 'elasticity' | 'policies' | 'levers' | 'one_of' | 'levels' | 'months' | 'history'
  needed: boolean
  default: string | null
  least: number | null
  most: number | null
  allowed: string[]
}

export interface AreaOf {
  code: string
  name: string
  draft: boolean
  from: string
  starts: string[]
  year: number
  design_year: number | null
  own_people: boolean
  people: string
  persons: number
  project: boolean
  estimate: boolean
}

export interface Package {
  id: number
  name: string
  area: string
  area_name: string
  run: number | null
  by: string
}

export interface Form {
  kinds: { name: string; words: string; fields: FieldOf[] }[]
  areas: AreaOf[]
  packages: Package[]
  kept: { runs: number; memory: number; used: number }
  threads: number
}

export interface Lever {
  id: string
  words: string
  unit: string
  value: string
  article: string
  least: string | null
  most: string | null
  bounded_by: string[]
  credit: boolean
}

export const list = (signal?: AbortSignal) => get<Page<Run> & { memory: number }>(ROOT, {}, signal)
export const show = (id: number | string, signal?: AbortSignal) => get<Finished>(`${ROOT}/${id}`, {}, signal)
export const ask = (given: Given) => post<Run>(ROOT, given)
export const end = (id: number) => del<void>(`${ROOT}/${id}`)
export const form = () => get<Form>(`${ROOT}/form`)
export const levers = (area: string, year: number | null, signal?: AbortSignal) =>
  get<Page<Lever> & { year: number }>(`${ROOT}/levers`, { area, year }, signal)

/** A package as its files, or as one archive. */
export async function bring(files: File[]): Promise<Package> {
  const [first] = files
  if (files.length === 1 && first!.name.endsWith('.zip')) {
    const name = encodeURIComponent(first!.name.replace(/\.zip$/, ''))
    return post<Package>(`${ROOT}/packages?name=${name}`, new Blob([await first!.arrayBuffer()], { type: 'application/zip' }))
  }
  const path = (file: File) => file.webkitRelativePath || file.name
  const name = first && path(first).includes('/') ? path(first).split('/')[0]! : 'plan'
  const read = async (file: File) => ({ path: path(file), text: await file.text() })
  return post<Package>(`${ROOT}/packages`, { name, files: await Promise.all(files.map(read)) })
}

export const ended = (run: Run): boolean => run.state !== 'waiting' && run.state !== 'running'

/** Milliseconds as people say them; the unit is the caller's words. */
export function duration(milliseconds: number | null): { minutes: number; seconds: string } | null {
  if (milliseconds === null) return null
  const tenths = Math.round(milliseconds / 100)
  return { minutes: Math.floor(tenths / 600), seconds: ((tenths % 600) / 10).toFixed(1) }
}

export const megabytes = (bytes: number): string => (bytes / (1 << 20)).toFixed(1)
