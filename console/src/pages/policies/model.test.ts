import { expect, it } from 'vitest'
import { lineOf } from './model'

const text = `chain = ["a"]

[benefit.a]
for = {}
deductible = "200.00"

[benefit.a.rate]
rows = []

[[benefit.a.limit]]
is = "1"

[[benefit.a.limit]]
is = "2"
`

it('finds the line on which a table stands', () => {
  for (const [path, line] of [
    ['benefit.a.rate', 7],
    ['benefit.a.limit[0]', 10],
    ['benefit.a.limit[1]', 13],
    ['benefit.a.deductible', 5],
    ['benefit.a.deductible[0]', 5],
    ['benefit.a.somewhere', 3],
    ['account.use', 0],
  ] as const)
    expect(lineOf(text, path), path).toBe(line)
})
