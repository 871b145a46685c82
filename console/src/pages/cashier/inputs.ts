// What each message is about (input), from what the cashier knows. National field names: this is the wire.
import { sum, type Money } from '../../money'
import { Digits, type Raw } from '../../parts/raw'

export interface Shown {
  kind: string
  number: string
}

export interface Member {
  number: string
  name: string
  certificate: string
  birth: string
  age: string
  balance: Money
  status: string
  category: string
  area: string
  employer: string
  /** As it was shown; every message about the visit shows it again. */
  shown: Shown
}

export interface VisitForm {
  care: string
  date: string
  time: string
  department: string
  doctor: string
  diagnosisCode: string
  diagnosis: string
  /** Who pays of accounts: 0 none, 1 the own, 2 a relative's. */
  account: string
  relative: Shown | null
}

export interface Line {
  sn: string
  code: string
  name: string
  level: string
  listed: boolean
  ceiling: string | null
  share: string | null
  remarks: string[]
  quantity: string
  price: string
  amount: Money
  approved: boolean
  /** As the centre split it. */
  split?: { offList: Money; over: Money; upfront: Money; eligible: Money; memo: string; level: string }
}

const digits = (text: string): Digits => new Digits(text)

const certificate = ({ kind, number }: Shown) => ({
  mdtrt_cert_type: kind,
  mdtrt_cert_no: number,
  ...(kind === '03' ? { card_sn: number } : {}),
})

export const total = (lines: Line[]): Money => sum(...lines.map((line) => line.amount))

/** quantity × price, half up to the fen; null where either is no number that the interface takes. */
export function product(quantity: string, price: string): Money | null {
  const units = (text: string, places: number): bigint | null => {
    const found = new RegExp(`^(\\d{1,10})(?:\\.(\\d{1,${places}}))?$`).exec(text.trim())
    return found ? BigInt(found[1]! + (found[2] ?? '').padEnd(places, '0')) : null
  }
  const [count, each] = [units(quantity, 4), units(price, 6)]
  if (count === null || each === null || count === 0n) return null
  const fen = (count * each + 50_000_000n) / 100_000_000n
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`
}

export const find = (shown: Shown): Raw => ({
  data: { ...certificate(shown), psn_cert_type: '', certno: '', psn_name: '' },
})

export const registration = (member: Member, form: VisitForm, number: string): Raw => ({
  data: {
    psn_no: member.number,
    insutype: '310',
    begntime: `${form.date} ${form.time}`,
    ...certificate(member.shown),
    ipt_otp_no: number,
    atddr_no: 'D01',
    dr_name: form.doctor,
    dept_code: '01',
    dept_name: form.department,
    caty: 'A03',
  },
})

export const description = (member: Member, form: VisitForm, visit: string): Raw => ({
  mdtrtinfo: {
    mdtrt_id: visit,
    psn_no: member.number,
    med_type: form.care,
    begntime: `${form.date} ${form.time}`,
    main_cond_dscr: '',
    dise_codg: form.care === '14' || form.care === '9901' ? form.diagnosisCode : '',
    dise_name: form.care === '14' || form.care === '9901' ? form.diagnosis : '',
  },
  diseinfo: [
    {
      diag_type: '1',
      diag_srt_no: digits('1'),
      diag_code: form.diagnosisCode,
      diag_name: form.diagnosis,
      diag_dept: '01',
      dise_dor_no: 'D01',
      dise_dor_name: form.doctor,
      diag_time: `${form.date} ${form.time}`,
      vali_flag: '1',
    },
  ],
})

const row = (line: Line, form: VisitForm) => ({
  feedetl_sn: line.sn,
  rx_circ_flag: '0',
  fee_ocur_time: `${form.date} ${form.time}`,
  med_list_codg: line.code,
  medins_list_codg: line.code,
  det_item_fee_sumamt: digits(line.amount),
  cnt: digits(line.quantity),
  pric: digits(line.price),
})

export const lines = (member: Member, form: VisitForm, visit: string, batch: string, all: Line[]): Raw => ({
  feedetail: all.map((line) => ({
    mdtrt_id: visit,
    psn_no: member.number,
    chrg_bchno: batch,
    ...row(line, form),
    bilg_dept_codg: '01',
    bilg_dept_name: form.department,
    bilg_dr_codg: 'D01',
    bilg_dr_name: form.doctor,
    hosp_appr_flag: line.approved ? '1' : '0',
  })),
})

export const withdrawal = (member: Member, visit: string, batch: string): Raw => ({
  data: { mdtrt_id: visit, chrg_bchno: batch, psn_no: member.number },
})

/** Whose certificate pays: a relative's where a relative's account is used. */
const payer = (member: Member, form: VisitForm): Shown => (form.account === '2' && form.relative ? form.relative : member.shown)

export const settlement = (member: Member, form: VisitForm, visit: string, batch: string, all: Line[]): Raw => ({
  data: {
    psn_no: member.number,
    ...certificate(payer(member, form)),
    med_type: form.care,
    medfee_sumamt: digits(total(all)),
    psn_setlway: '01',
    mdtrt_id: visit,
    chrg_bchno: batch,
    insutype: '310',
    acct_used_flag: form.account,
  },
})

export const purchase = (member: Member, form: VisitForm, all: Line[]): Raw => ({
  druginfo: {
    psn_no: member.number,
    ...certificate(payer(member, form)),
    psn_cert_type: '01',
    certno: member.certificate,
    psn_type: member.category,
    psn_name: member.name,
    begntime: `${form.date} ${form.time}`,
    medfee_sumamt: digits(total(all)),
    insutype: '310',
    acct_used_flag: form.account,
    med_type: form.care,
  },
  drugdetail: all.map((line) => ({ ...row(line, form), rxno: '' })),
})

export const cancellation = (member: Member, visit: string, settlement: string): Raw => ({
  data: { setl_id: settlement, mdtrt_id: visit, psn_no: member.number },
})

export const reversal = (person: string, msgid: string, infno: string): Raw => ({
  data: { psn_no: person, omsgid: msgid, oinfno: infno },
})

export interface Sums {
  total: Money
  fund: Money
  account: Money
  count: number
}

export const reconciliation = (area: string, clearing: string, day: string, sums: Sums): Raw => ({
  data: {
    insutype: '310',
    clr_type: clearing,
    setl_optins: area,
    stmt_begndate: day,
    stmt_enddate: day,
    medfee_sumamt: digits(sums.total),
    fund_pay_sumamt: digits(sums.fund),
    acct_pay: digits(sums.account),
    fixmedins_setl_cnt: digits(String(sums.count)),
  },
})
