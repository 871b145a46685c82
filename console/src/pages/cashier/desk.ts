// The desk's state: one patient at a time, and the one message that may be under way. Nothing is sent while another message's
// outcome is not known; a message is sent again only as it was, under its own number, so nobody is charged twice. All of it
// outlives a reload of the page.
import { computed, reactive, ref, watch } from 'vue'
import { get, post, Problem } from '../../api'
import { sum, type Money } from '../../money'
import { at, find as part, read, rows, write, type Raw } from '../../parts/raw'
import type { Settled } from '../../parts/settlement'
import * as inputs from './inputs'
import type { Line, Member, Shown, Sums, VisitForm } from './inputs'

export interface Institution {
  code: string
  name: string
  area: string
  area_name: string
  class_name: string
  pharmacy: boolean
}

export interface Example {
  name: string
  certificate: string
  card: string
  state: string
}

export interface About {
  institution: Institution
  open: boolean
  sandbox: boolean
  today: string
  examples: Example[]
}

/** A message with its answer. */
export interface Sent {
  infno: string
  name: string
  msgid: string
  at: string
  ms: number
  request: string
  reply: string | null
  infcode: string | null
  err_msg: string
  warn_msg: string
}

/** A message whose outcome is not known yet. */
export interface Pending {
  infno: string
  msgid: string
  insured: string
  /** As it was written; sent again it is the same. */
  input: string
  /** Sent, and nothing came back. */
  lost: boolean
  /** What the centre says became of it. */
  fate?: { state: string; said: string; setl_id?: string }
}

export interface Detail {
  fund: string
  amount: Money
  process: string
}

export interface Outcome {
  sheet: Settled
  details: Detail[]
  visit: string
  settlement: string
  time: string
  aid: Money
  clearing: string
  agency: string
  warning: string
}

/** A settlement or cancellation of today, as the institution's own book has it. */
export interface Booked {
  settlement: string
  cancels: string
  msgid: string
  person: string
  name: string
  visit: string
  time: string
  area: string
  clearing: string
  total: Money
  fund: Money
  account: Money
  cash: Money
  cancelled: boolean
  infno: string
}

interface State {
  day: string
  member: Member | null
  form: VisitForm
  visit: string
  described: boolean
  batch: string
  uploaded: boolean
  lines: Line[]
  trial: Outcome | null
  settled: Outcome | null
  cancelled: Outcome | null
  pending: Pending | null
  refusal: Sent | null
  booked: Booked[]
}

/** Answers after which nobody knows whether it happened. */
const UNSURE = ['database_away', 'not_confirmed', 'not_recorded', 'busy', 'body_timeout']
const MOST = 200

export function useDesk(about: About) {
  const key = `gongji.cashier.${about.institution.code}`
  const pharmacy = about.institution.pharmacy
  const clock = (): string => new Date().toTimeString().slice(0, 8)
  const blank = (): VisitForm => ({
    care: pharmacy ? '41' : '11',
    date: about.today,
    time: clock(),
    department: '内科',
    doctor: '演示医师',
    diagnosisCode: 'J00',
    diagnosis: '急性鼻咽炎',
    account: '1',
    relative: null,
  })
  const fresh = (): State => ({
    day: about.today,
    member: null,
    form: blank(),
    visit: '',
    described: false,
    batch: '',
    uploaded: false,
    lines: [],
    trial: null,
    settled: null,
    cancelled: null,
    pending: null,
    refusal: null,
    booked: [],
  })
  const stored = <T>(where: Storage, name: string): T | null => {
    try {
      return JSON.parse(where.getItem(name) ?? 'null') as T | null
    } catch {
      return null
    }
  }
  // The patient is this tab's; the book of the day is that of all tabs.
  const bookOf = (): Booked[] => stored<Booked[]>(localStorage, `${key}.${about.today}`) ?? []
  const state = reactive<State>({ ...fresh(), ...stored<State>(sessionStorage, key), day: about.today, booked: bookOf() })
  // What was on its way when the page went away may have arrived.
  if (state.pending) state.pending.lost = true
  watch(state, () => sessionStorage.setItem(key, JSON.stringify({ ...state, booked: [] })), { deep: true })

  /** Changes the book, as it is now in whatever tab. */
  function inBook(change: (book: Booked[]) => void): void {
    const book = bookOf()
    change(book)
    localStorage.setItem(`${key}.${about.today}`, JSON.stringify(book))
    state.booked = book
  }

  const log = ref<Sent[]>([])
  const busy = ref(false)
  const problem = ref<unknown>(null)
  const reconciled = ref<{ area: string; clearing: string; sums: Sums; result: string; said: string }[]>([])
  let order = ''

  const total = computed(() => inputs.total(state.lines))
  const settleNumber = pharmacy ? '2102' : '2207'
  const cancelNumber = pharmacy ? '2103' : '2208'

  /** 发送方报文ID: institution, moment, four digits. */
  function number(): string {
    const now = new Date()
    const two = (n: number): string => String(n).padStart(2, '0')
    const time = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
    const random = crypto.getRandomValues(new Uint16Array(1))[0]! % 10_000
    return `${about.institution.code.slice(0, 12)}${time}${String(random).padStart(4, '0')}`
  }

  /** Messages that went over the line, into the panel. */
  function note(sent: Sent[]): void {
    log.value = [...sent].reverse().concat(log.value).slice(0, MOST)
  }

  /** Sends a new message, unless another one's outcome is open. */
  async function say(infno: string, input: Raw, insured = state.member?.area ?? ''): Promise<void> {
    if (busy.value || state.pending) return
    await go({ infno, msgid: number(), insured, input: write(input), lost: false })
  }

  /** Sends a message, the first time or again as it was. */
  async function go(message: Pending): Promise<void> {
    busy.value = true
    problem.value = null
    state.refusal = null
    state.pending = message
    const words = [message.infno, message.msgid, message.insured].map((word) => JSON.stringify(word))
    const body = `{"infno":${words[0]},"msgid":${words[1]},"insured_in":${words[2]},"input":${message.input}}`
    try {
      if (order && message.infno === settleNumber) {
        await post('/api/v1/cashier/trouble', { infno: message.infno, trouble: order })
        order = ''
      }
      const sent = await post<Sent>('/api/v1/cashier/messages', body)
      note([sent])
      const code = /^\[(\w+)\]/.exec(sent.err_msg)?.[1] ?? ''
      if (sent.reply === null || UNSURE.includes(code)) return await lost(message)
      state.pending = null
      busy.value = false
      if (sent.infcode === '0') await took(message, sent)
      else state.refusal = sent
    } catch (fault) {
      const one = Problem.of(fault)
      if (one.status === 0 || one.status >= 500) return await lost(message)
      state.pending = null
      problem.value = fault
    } finally {
      busy.value = false
    }
  }

  /** Nothing came back: what became of it is asked, and nothing else is sent before that is settled. */
  async function lost(message: Pending): Promise<void> {
    state.pending = { ...message, lost: true, fate: undefined }
    await ask()
  }

  async function ask(): Promise<void> {
    const message = state.pending
    if (!message) return
    try {
      const fate = await get<Pending['fate']>(`/api/v1/cashier/messages/${encodeURIComponent(message.msgid)}`)
      if (state.pending?.msgid === message.msgid) state.pending = { ...state.pending, lost: true, fate }
    } catch (fault) {
      problem.value = fault
    }
  }

  /** The same message under the same number: who did it already gives the first answer again. */
  async function again(): Promise<void> {
    const message = state.pending
    if (message && !busy.value) await go({ ...message, lost: false, fate: undefined })
  }

  /** Messages that move money, or take it back: they are never just dropped. */
  const binding = [settleNumber, cancelNumber, '2601']

  /** Gives a lost message up. A settlement is reversed first (2601), so that it has no effect whether or not it came. */
  async function giveUp(): Promise<void> {
    const message = state.pending
    if (!message || busy.value) return
    if (!binding.includes(message.infno)) {
      state.pending = null
      return
    }
    if (message.infno !== settleNumber || !state.member) return
    state.pending = null
    await say('2601', inputs.reversal(state.member.number, message.msgid, message.infno))
  }

  function outcome(sent: Sent): Outcome | null {
    const raw = read(sent.reply ?? '')
    if (!part(raw, 'output.setlinfo')) return null
    const info = (name: string): string => at(raw, `output.setlinfo.${name}`)
    const money = (name: string): Money => info(name) || '0.00'
    const details = rows(raw, 'output.setldetail').map((row) => ({
      fund: at(row, 'fund_pay_type_name'),
      amount: at(row, 'fund_payamt') || '0.00',
      process: at(row, 'setl_proc_info'),
    }))
    const names = [
      'medfee_sumamt',
      'fulamt_ownpay_amt',
      'overlmt_selfpay',
      'preselfpay_amt',
      'inscp_scp_amt',
      'act_pay_dedc',
      'hifp_pay',
      'hifob_pay',
      'cvlserv_pay',
      'hifes_pay',
      'hifmi_pay',
      'maf_pay',
      'hifdm_pay',
      'oth_pay',
      'fund_pay_sumamt',
      'psn_part_amt',
      'acct_pay',
      'psn_cash_pay',
      'balc',
    ]
    const amounts = Object.fromEntries(names.map((name) => [name, money(name)]))
    return {
      sheet: { id: info('setl_id'), outcome: 'settled', payments: [], ...amounts } as unknown as Settled,
      details,
      visit: info('mdtrt_id'),
      settlement: info('setl_id'),
      time: info('setl_time'),
      aid: money('acct_mulaid_pay'),
      clearing: info('clr_type'),
      agency: info('clr_optins'),
      warning: sent.warn_msg,
    }
  }

  /** The answer to a message, whether it came the first time or the second. */
  async function took(message: Pending, sent: Sent): Promise<void> {
    const raw = read(sent.reply ?? '')
    switch (message.infno) {
      case '1101':
        state.member = memberOf(raw, message.input)
        break
      case '2201':
        state.visit = at(raw, 'output.data.mdtrt_id')
        return describe()
      case '2203':
        state.described = true
        break
      case '2204':
        state.uploaded = true
        split(rows(raw, 'output.result'))
        return trial()
      case '2205':
        Object.assign(state, { uploaded: false, batch: '', trial: null })
        for (const line of state.lines) delete line.split
        break
      case '2101':
        split(rows(raw, 'output.detlcutinfo'))
        state.trial = outcome(sent)
        break
      case '2206':
        state.trial = outcome(sent)
        break
      case '2207':
      case '2102':
        state.settled = outcome(sent)
        book(message, state.settled, '')
        break
      case '2208':
      case '2103':
        state.cancelled = outcome(sent)
        book(message, state.cancelled, state.settled?.settlement ?? '')
        break
      case '2601': {
        const settled = at(read(message.input), 'data.omsgid')
        inBook((book) => book.filter((one) => one.msgid === settled).forEach((one) => (one.cancelled = true)))
        state.trial = null
        break
      }
      case '3201':
        reconciled.value.push({
          area: at(read(message.input), 'data.setl_optins'),
          clearing: at(read(message.input), 'data.clr_type'),
          sums: sumsOf(read(message.input)),
          result: at(raw, 'output.stmtinfo.stmt_rslt') || at(raw, 'output.stmtinfo.0.stmt_rslt'),
          said: at(raw, 'output.stmtinfo.stmt_rslt_dscr') || at(raw, 'output.stmtinfo.0.stmt_rslt_dscr'),
        })
        break
    }
  }

  const sumsOf = (raw: Raw | undefined): Sums => ({
    total: at(raw, 'data.medfee_sumamt'),
    fund: at(raw, 'data.fund_pay_sumamt'),
    account: at(raw, 'data.acct_pay'),
    count: Number(at(raw, 'data.fixmedins_setl_cnt')),
  })

  function memberOf(raw: Raw | undefined, asked: string): Member {
    const base = (name: string): string => at(raw, `output.baseinfo.${name}`)
    const insured = (name: string): string => at(raw, `output.insuinfo.0.${name}`)
    const input = read(asked)
    return {
      number: base('psn_no'),
      name: base('psn_name'),
      certificate: base('certno'),
      birth: base('brdy'),
      age: base('age'),
      balance: insured('balc') || '0.00',
      status: insured('psn_insu_stas'),
      category: insured('psn_type'),
      area: insured('insuplc_admdvs'),
      employer: insured('emp_name'),
      shown: { kind: at(input, 'data.mdtrt_cert_type'), number: at(input, 'data.mdtrt_cert_no') },
    }
  }

  function split(all: Raw[]): void {
    for (const row of all) {
      const line = state.lines.find((one) => one.sn === at(row, 'feedetl_sn'))
      if (!line) continue
      line.split = {
        offList: at(row, 'fulamt_ownpay_amt') || '0.00',
        over: at(row, 'overlmt_amt') || '0.00',
        upfront: at(row, 'preselfpay_amt') || '0.00',
        eligible: at(row, 'inscp_scp_amt') || '0.00',
        memo: at(row, 'memo'),
        level: { '01': '甲', '02': '乙', '03': '丙' }[at(row, 'chrgitm_lv')] ?? line.level,
      }
    }
  }

  /** Into the institution's own book of the day; once, even if the answer came twice. */
  function book(message: Pending, made: Outcome | null, cancels: string): void {
    const member = state.member
    if (!made || !member) return
    inBook((all) => {
      if (all.some((one) => one.settlement === made.settlement)) return
      all.filter((one) => one.settlement === cancels).forEach((one) => (one.cancelled = true))
      all.unshift({
        settlement: made.settlement,
        cancels,
        msgid: message.msgid,
        person: member.number,
        name: member.name,
        visit: made.visit || state.visit,
        time: made.time,
        area: member.area,
        clearing: made.clearing,
        total: made.sheet.medfee_sumamt,
        fund: made.sheet.fund_pay_sumamt,
        account: made.sheet.acct_pay,
        cash: made.sheet.psn_cash_pay,
        cancelled: false,
        infno: message.infno,
      })
    })
  }

  const look = (shown: Shown): Promise<void> => say('1101', inputs.find(shown), '')

  function register(): Promise<void> {
    state.form.time = clock()
    return say('2201', inputs.registration(state.member!, state.form, number().slice(-10)))
  }

  /** What the visit is for; also where only that failed. */
  const describe = (): Promise<void> => say('2203', inputs.description(state.member!, state.form, state.visit))

  function upload(): Promise<void> {
    if (pharmacy) {
      state.form.time = clock()
      return say('2101', inputs.purchase(state.member!, state.form, state.lines))
    }
    if (state.uploaded) return trial()
    state.batch ||= `B${number().slice(-12)}`
    return say('2204', inputs.lines(state.member!, state.form, state.visit, state.batch, state.lines))
  }

  const trial = (): Promise<void> => say('2206', inputs.settlement(state.member!, state.form, state.visit, state.batch, state.lines))

  function settle(): Promise<void> {
    const input = pharmacy
      ? inputs.purchase(state.member!, state.form, state.lines)
      : inputs.settlement(state.member!, state.form, state.visit, state.batch, state.lines)
    return state.settled ? Promise.resolve() : say(settleNumber, input)
  }

  /** Lines that were uploaded are taken back before they change. */
  function change(): Promise<void> {
    state.trial = null
    if (pharmacy || !state.uploaded) {
      for (const line of state.lines) delete line.split
      return Promise.resolve()
    }
    return say('2205', inputs.withdrawal(state.member!, state.visit, state.batch))
  }

  function cancel(): Promise<void> {
    const made = state.settled
    if (!made || state.cancelled) return Promise.resolve()
    return say(cancelNumber, inputs.cancellation(state.member!, made.visit || state.visit, made.settlement))
  }

  function next(): void {
    if (busy.value || state.pending) return
    const { booked, day } = state
    Object.assign(state, fresh(), { booked, day })
    problem.value = null
  }

  /** The day's sums by place of insurance and kind of clearing, each held against the centre's (3201). */
  async function reconcile(): Promise<void> {
    reconciled.value = []
    const groups = new Map<string, Booked[]>()
    for (const one of state.booked) {
      const name = `${one.area} ${one.clearing}`
      groups.set(name, [...(groups.get(name) ?? []), one])
    }
    for (const all of groups.values()) {
      const sums: Sums = {
        total: sum(...all.map((one) => one.total)),
        fund: sum(...all.map((one) => one.fund)),
        account: sum(...all.map((one) => one.account)),
        count: all.length,
      }
      await say('3201', inputs.reconciliation(all[0]!.area, all[0]!.clearing, state.day, sums), '')
      if (state.pending || state.refusal) return
    }
  }

  const locked = computed(() => state.uploaded || !!state.trial || !!state.settled)

  return {
    state,
    log,
    number,
    note,
    busy,
    problem,
    reconciled,
    pharmacy,
    total,
    locked,
    settleNumber,
    binding,
    look,
    register,
    describe,
    upload,
    settle,
    change,
    cancel,
    next,
    again,
    ask,
    giveUp,
    reconcile,
    /** Orders trouble for the next settlement; of a sandbox. */
    trouble: (what: string): void => void (order = what),
  }
}

export type Desk = ReturnType<typeof useDesk>
