/**
 * Draws a machine as a Mermaid `stateDiagram-v2`.
 *
 * Drawn is the expected course: transitions to another state that raise no alarm. Tables list the rest.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { type TransitionRow, transitionsOf } from './charts.ts'

interface Edge {
  /** The state in whose body the arrow is drawn. */
  readonly owner: AnyStateNode
  readonly source: string
  readonly target: string
  readonly label: string
}

/** The lines of the diagram. The same machine gives the same lines. */
export function drawDiagram(machine: AnyStateMachine): readonly string[] {
  const edges = mergeEdges(transitionsOf(machine).flatMap(edgeOf))
  const { root } = machine
  // Mermaid allows regions inside of a state only, so a parallel root becomes one.
  const body = root.type === 'parallel' ? drawState(root, edges) : drawBody(root, edges)
  return ['stateDiagram-v2', ...body.map((line) => `  ${line}`)]
}

const idOf = (node: AnyStateNode): string => [node.machine.id, ...node.path].join('_')
const nameOf = (node: AnyStateNode): string => (node.path.length === 0 ? node.machine.id : node.key)

function drawState(node: AnyStateNode, edges: readonly Edge[]): readonly string[] {
  const head = `state "${nameOf(node)}" as ${idOf(node)}`
  if (Object.keys(node.states).length === 0) return [head]
  return [`${head} {`, ...drawBody(node, edges).map((line) => `  ${line}`), '}']
}

function drawBody(node: AnyStateNode, edges: readonly Edge[]): readonly string[] {
  const children = Object.values(node.states)
  if (node.type === 'parallel') {
    return children.flatMap((child, index) => [
      ...(index === 0 ? [] : ['--']),
      ...drawState(child, edges),
    ])
  }
  const [initial] = node.initial.target
  return [
    ...children.flatMap((child) => drawState(child, edges)),
    ...(initial === undefined ? [] : [`[*] --> ${idOf(initial)}`]),
    ...edges
      .filter((edge) => edge.owner === node)
      .map((edge) => `${edge.source} --> ${edge.target} : ${edge.label}`),
  ]
}

/**
 * The arrow of a transition. Mermaid draws no arrow between the inner states of two states, so each end is lifted to
 * the level at which both ends are neighbours, and the label names the inner state.
 */
function edgeOf({ source, target, event, guard, effects }: TransitionRow): Edge[] {
  if (target === null || target === source) return []
  if (effects.some((effect) => effect.startsWith('alarm '))) return []
  const owner = commonAncestor(source, target)
  const [from, to] = [childTowards(owner, source), childTowards(owner, target)]
  const where = to === target ? '' : ` to ${target.path.slice(to.path.length).join('.')}`
  const condition = guard === null ? '' : ` [${guard}]`
  return [{ owner, source: idOf(from), target: idOf(to), label: `${event}${condition}${where}` }]
}

/** The innermost state that holds both, and is neither. */
function commonAncestor(a: AnyStateNode, b: AnyStateNode): AnyStateNode {
  const above: AnyStateNode[] = []
  for (let node = a.parent; node !== undefined; node = node.parent) above.push(node)
  for (let node = b.parent; node !== undefined; node = node.parent) {
    if (above.includes(node)) return node
  }
  throw new Error(`${idOf(a)} and ${idOf(b)} are in different machines`)
}

function childTowards(ancestor: AnyStateNode, node: AnyStateNode): AnyStateNode {
  let child = node
  while (child.parent !== undefined && child.parent !== ancestor) child = child.parent
  return child
}

/** Several events between the same two states share an arrow. */
function mergeEdges(edges: readonly Edge[]): readonly Edge[] {
  const merged = new Map<string, Edge>()
  for (const edge of edges) {
    const key = `${edge.source}>${edge.target}`
    const before = merged.get(key)
    merged.set(
      key,
      before === undefined ? edge : { ...before, label: `${before.label}<br>${edge.label}` },
    )
  }
  return [...merged.values()]
}
