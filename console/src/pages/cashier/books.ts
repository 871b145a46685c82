// 对明细账 (9101, 3202): the institution's file, or the book of this machine, held row by row against the centre.
import { post } from '../../api'
import type { Answer } from '../../parts/Differences.vue'
import type { Booked, Desk, Sent } from './desk'

export interface Asked {
  from: string
  to: string
  agency: string
  clearing_type: string
}

interface Held {
  messages: Sent[]
  answer?: Answer
  result?: string
}

/** The seven columns of 3202, a row for each settlement and each cancellation. */
export function written(book: Booked[]): string {
  const row = (one: Booked) => [one.settlement, one.visit, one.person, one.total, one.fund, one.account, one.cancels ? '1' : '0'].join('\t')
  return book.map((one) => row(one) + '\n').join('')
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** Sends the file up and has it reconciled; the messages stand in the panel. The refusal is the last message that was refused. */
export async function hold(desk: Desk, asked: Asked, file: File | null): Promise<{ answer?: Answer; refusal?: Sent }> {
  const bytes = file ? new Uint8Array(await file.arrayBuffer()) : new TextEncoder().encode(written(desk.state.booked))
  const books = { name: file?.name ?? `${desk.state.day}.txt`, base64: base64(bytes) }
  const held = await post<Held>('/api/v1/cashier/books', { ...asked, msgids: [desk.number(), desk.number()], books })
  desk.note(held.messages)
  return { answer: held.answer, refusal: held.messages.find((one) => one.infcode !== '0') }
}
