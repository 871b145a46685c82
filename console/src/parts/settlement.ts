// The answer of `quote` as the parts read it; docs/reference/quote.md is the contract.
import type { Money } from '../money'

export interface Step {
  rule: string
  article?: string
  inputs: Record<string, string>
  result: string
  sentence?: string
}

export interface Reason {
  code: string
  article?: string
  message: string
}

export interface Payment {
  benefit: string
  fund: string
  amount: Money
}

export interface Settled {
  id: string
  outcome: 'settled'
  medfee_sumamt: Money
  fulamt_ownpay_amt: Money
  overlmt_selfpay: Money
  preselfpay_amt: Money
  inscp_scp_amt: Money
  act_pay_dedc: Money
  hifp_pay: Money
  hifob_pay: Money
  cvlserv_pay?: Money
  hifes_pay?: Money
  hifmi_pay?: Money
  maf_pay?: Money
  hifdm_pay?: Money
  oth_pay?: Money
  fund_pay_sumamt: Money
  psn_part_amt: Money
  acct_pay: Money
  psn_cash_pay: Money
  balc: Money
  payments: Payment[]
  not_covered?: Reason
  steps?: Step[]
}

export interface Refused {
  id: string
  outcome: 'refused'
  refusal: Reason
  steps?: Step[]
}

export type Settlement = Settled | Refused

/** The funds that have a field of their own, in the order of the sheet. */
export const FUNDS = [
  'hifp_pay',
  'hifob_pay',
  'cvlserv_pay',
  'hifes_pay',
  'hifmi_pay',
  'maf_pay',
  'hifdm_pay',
  'oth_pay',
] as const

/** What an article says, by its citation ("xize:5"). */
export interface ArticleText {
  title: string
  text: string
  source: string
}

export type Articles = Record<string, ArticleText>

/** A printed citation may name several articles: "xize:5 … 第五条；wenda:14 … 第十四问". */
export const citations = (printed: string): string[] => printed.split('；').filter((one) => one !== '')

/** "xize:5 渝医保发〔2023〕32号 第五条": the citation and the words that people read. */
export function citation(article: string): { key: string; title: string } {
  const at = article.indexOf(' ')
  return at < 0 ? { key: article, title: article } : { key: article.slice(0, at), title: article.slice(at + 1) }
}
