// Values of facts in English. Packages bring the Chinese; what they add themselves is shown as they name it.
import { settings } from '../../settings'

const ENGLISH: Record<string, string> = {
  active: 'Working',
  retired: 'Retired',
  pre_1949_worker: 'Worker since before 1949',
  employer: 'Through an employer',
  individual_tier_1: 'Individual, tier 1',
  individual_tier_2: 'Individual, tier 2',
  lump_sum: 'Lump-sum payer',
  flexible: 'Flexible employment',
  pool_only: 'Pooled fund only',
  with_account: 'With account',
  primary: 'Primary',
  secondary: 'Secondary',
  tertiary: 'Tertiary',
  ungraded: 'Ungraded',
  general: 'General',
  psychiatric: 'Psychiatric',
  infectious: 'Infectious diseases',
  community: 'Community health centre',
  township: 'Township health centre',
  internet: 'Internet hospital',
  local: 'In the area',
  filed_long_term: 'Elsewhere, long-term residence filed',
  referred: 'Elsewhere, referred',
  temporary: 'Elsewhere, temporarily',
  ordinary_outpatient: 'Ordinary outpatient visit',
  pharmacy: 'Pharmacy',
  emergency: 'Emergency',
  special_disease: 'Special outpatient disease',
  two_diseases: 'Hypertension or diabetes medicines',
  negotiated_drug: 'Negotiated medicine',
  large_amount: 'Large-amount mutual aid insurance',
  lump_sum_period: 'Within the lump-sum period',
}

const AREAS: Record<string, string> = { '500000': 'Chongqing', '211200': 'Tieling', '320700': 'Lianyungang', '360100': 'Nanchang (draft)' }

/** A value or a fact in the reader's language. */
export const named = (name: string, words: string): string => (settings.language === 'zh' ? words : (ENGLISH[name] ?? words))

export const areaNamed = (code: string, name: string): string => (settings.language === 'zh' ? name : (AREAS[code] ?? name))
