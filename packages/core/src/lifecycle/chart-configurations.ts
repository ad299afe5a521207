/** The configurations of a chart: which states are active together, each made once, with the value that XState gives it. */
import { assert } from '../assert.ts'
import { type ChartNode, childrenOf, isInside } from './supported-chart.ts'

/** An active state with those active inside of it: none in a leaf, one in a compound state, all in a parallel one. */
export interface Active {
  readonly node: ChartNode
  readonly inner: readonly Active[]
}

/** Leaves all that is active inside of `domain` and enters it again so that `target` is active. */
export function retarget(active: Active, domain: ChartNode, target: ChartNode): Active {
  if (active.node === domain) return enterTowards(domain, target)
  const inner = active.inner.map((each) =>
    each.node === domain || isInside(domain, each.node) ? retarget(each, domain, target) : each,
  )
  return { node: active.node, inner }
}

/** Enters a state at its beginning. */
function enter(node: ChartNode): Active {
  if (node.type === 'compound') {
    const [first] = node.initial.target as readonly ChartNode[]
    assert(first !== undefined, `state ${node.id} has an initial state`)
    return { node, inner: [enterTowards(childTowards(node, first), first)] }
  }
  return { node, inner: childrenOf(node).map(enter) }
}

function enterTowards(node: ChartNode, target: ChartNode): Active {
  if (node === target) return enter(node)
  const towards = childTowards(node, target)
  const entered = node.type === 'parallel' ? childrenOf(node) : [towards]
  return {
    node,
    inner: entered.map((each) => (each === towards ? enterTowards(each, target) : enter(each))),
  }
}

function childTowards(node: ChartNode, target: ChartNode): ChartNode {
  const child = childrenOf(node).find((each) => each === target || isInside(target, each))
  assert(child !== undefined, `state ${target.id} is inside of ${node.id}`)
  return child
}

/** The value by which XState names what is active. */
export function nameOf({ node, inner }: Active): unknown {
  if (node.type === 'parallel')
    return Object.freeze(Object.fromEntries(inner.map((each) => [each.node.key, nameOf(each)])))
  const [only] = inner
  if (only === undefined) return Object.freeze({})
  return only.node.type === 'atomic'
    ? only.node.key
    : Object.freeze({ [only.node.key]: nameOf(only) })
}

/**
 * Reads a value: which states it names.
 *
 * Throws: `Error` when it names a state that the chart does not have, or not exactly one for each that must be active.
 */
export function activeOf(node: ChartNode, value: unknown): Active {
  const named = typeof value === 'string' ? { [value]: {} } : value
  const keys = typeof named === 'object' && named !== null ? Object.keys(named) : []
  const children = childrenOf(node).filter((each) => keys.includes(each.key))
  const wantedCount = node.type === 'compound' ? 1 : childrenOf(node).length
  if (children.length !== wantedCount || keys.length !== wantedCount)
    throw new Error(`state \`${node.id}\` has no inner state \`${JSON.stringify(value)}\``)
  const values = named as Readonly<Record<string, unknown>>
  return { node, inner: children.map((each) => activeOf(each, values[each.key])) }
}
