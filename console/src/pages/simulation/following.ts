// Asks again and again while something goes on, and stops when the page is left.
import { onBeforeUnmount, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { calledOff } from '../../api'

const OFTEN = 500

export function follow<T>(ask: (signal: AbortSignal) => Promise<T>, goesOn: (answer: T) => boolean): {
  answer: ShallowRef<T | undefined>
  problem: ShallowRef<unknown>
  loading: Ref<boolean>
  now: () => Promise<void>
} {
  const answer = shallowRef<T>()
  const problem = shallowRef<unknown>(null)
  const loading = ref(true)
  let running: AbortController | undefined
  let later: ReturnType<typeof setTimeout> | undefined

  async function now(): Promise<void> {
    clearTimeout(later)
    running?.abort()
    const mine = (running = new AbortController())
    try {
      const found = await ask(mine.signal)
      if (mine.signal.aborted) return
      answer.value = found
      problem.value = null
      if (goesOn(found)) later = setTimeout(() => void now(), OFTEN)
    } catch (fault) {
      if (!calledOff(fault) && !mine.signal.aborted) problem.value = fault
    } finally {
      if (running === mine) loading.value = false
    }
  }

  onBeforeUnmount(() => {
    clearTimeout(later)
    running?.abort()
  })
  void now()
  return { answer, problem, loading, now }
}
