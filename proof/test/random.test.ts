import { describe, expect, test } from 'vitest'
import { createRandom } from '../src/random.ts'

describe('chance that can be repeated', () => {
  test('the same seed and name give the same draw, whatever was drawn before', () => {
    const first = createRandom('7')
    const second = createRandom('7')
    second.fraction('something else')

    expect(second.fraction('x')).toBe(first.fraction('x'))
    expect(second.part('a').fraction('x')).toBe(first.part('a').fraction('x'))
    expect(first.part('a').fraction('x')).not.toBe(first.fraction('x'))
  })

  test('draws are spread evenly and reach both ends', () => {
    const random = createRandom('spread')
    const counts = new Array<number>(10).fill(0)
    for (let index = 0; index < 10_000; index += 1) {
      const drawn = random.integer(`n${index}`, 0, 9)
      counts[drawn] = (counts[drawn] ?? 0) + 1
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150)
  })

  test('neighbouring names and seeds are unrelated', () => {
    const pairs = Array.from({ length: 2_000 }, (_, index) => {
      const random = createRandom(`s${index}`)
      return [random.fraction('call 1'), random.fraction('call 2')] as const
    })
    const bothLow = pairs.filter(([a, b]) => a < 0.5 && b < 0.5).length
    expect(Math.abs(bothLow - 500)).toBeLessThan(120)
  })
})
