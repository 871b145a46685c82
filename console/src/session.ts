// Who is signed in, and what the service says of itself.
import { computed, reactive, readonly } from 'vue'
import { del, get, onSignedOut, post, setToken } from './api'

export type Role = 'member' | 'cashier' | 'vendor' | 'officer' | 'analyst'

export interface Account {
  name: string
  shown: string
  roles: Role[]
  area?: string | null
  person?: string | null
  institution?: string | null
}

export interface DemoAccount {
  name: string
  shown: string
  roles: Role[]
  password: string
}

interface Answer {
  account: Account | null
  csrf: string | null
  demo: DemoAccount[]
  sandbox: boolean
  today: string
  version: string
}

const state = reactive({
  account: null as Account | null,
  demo: [] as DemoAccount[],
  sandbox: false,
  today: '',
  version: '',
  known: false,
})

function take(answer: Answer): void {
  const { csrf, ...rest } = answer
  Object.assign(state, rest, { known: true })
  setToken(csrf)
}

let asked: Promise<void> | undefined

/** Asks the service once; every page waits for the same answer. A failed question may be asked again. */
export function loadSession(): Promise<void> {
  asked ??= get<Answer>('/api/v1/session')
    .then(take)
    .catch((fault: unknown) => {
      asked = undefined
      throw fault
    })
  return asked
}

export async function signIn(name: string, password: string): Promise<void> {
  take(await post<Answer>('/api/v1/session', { name, password }))
}

export async function signOut(): Promise<void> {
  await del('/api/v1/session')
  forget()
}

function forget(): void {
  state.account = null
  asked = undefined
  setToken(null)
}

/** When the service says that nobody is signed in any more. */
export function whenSessionEnds(then: () => void): void {
  onSignedOut(() => {
    const was = state.account !== null
    forget()
    if (was) then()
  })
}

export const session = readonly(state)

/** Whether the account may see what these roles see; nothing asked is for everybody. */
export const may = (roles: readonly Role[] | undefined): boolean =>
  !roles?.length || roles.some((role) => state.account?.roles.includes(role))

export const signedIn = computed(() => state.account !== null)
