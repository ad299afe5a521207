/** The list of work: what is stored, and what follows from events and orders at the moment of looking. */
import {
  type AlertedOrder,
  decodeSnapshot,
  holdsOf,
  type IsoInstant,
  type OrderState,
  type RuntimeStore,
  type Settings,
  SnapshotError,
  type StoredOrder,
  type StoreReader,
  type Work,
  type WorkKind,
  workOfParked,
  workOfWaiting,
  workOfWindows,
} from '@postdelivery/core'

/** Which work is asked for. */
export interface WorkFilter {
  readonly orderId?: string
  readonly kind?: WorkKind
}

export interface WorkPorts {
  readonly store: Pick<RuntimeStore, 'stops' | 'order'> &
    Pick<StoreReader, 'work' | 'putOffEvents' | 'alertedOrders' | 'events'>
  readonly settings: Settings
  readonly now: IsoInstant
}

/** Orders of a page, and put-off events of each kind that one look takes. */
const LOOK_MAX_COUNT = 1_000

/** Lists work, the oldest first. */
export async function listWork(
  ports: WorkPorts,
  filter: WorkFilter = {},
): Promise<readonly Work[]> {
  const [stored, windows, putOff] = await Promise.all([
    ports.store.work(filter),
    listWindows(ports, filter),
    listPutOff(ports, filter),
  ])
  return [...stored, ...[...windows, ...putOff].filter((work) => isWanted(work, filter))].toSorted(
    (a, b) => (a.openedAt < b.openedAt ? -1 : a.openedAt > b.openedAt ? 1 : 0),
  )
}

const isWanted = (work: Work, { orderId, kind }: WorkFilter): boolean =>
  (orderId === undefined || work.orderId === orderId) && (kind === undefined || work.kind === kind)

async function listWindows(
  { store, settings, now }: WorkPorts,
  { orderId }: WorkFilter,
): Promise<readonly Work[]> {
  const stops = await store.stops()
  const windowsOf = ({ snapshot }: StoredOrder): readonly Work[] => {
    const order = readable(snapshot)
    return order === null
      ? []
      : workOfWindows(order, settings, now, holdsOf(order, settings, stops))
  }
  if (orderId !== undefined) {
    const order = await store.order(orderId)
    return order === undefined ? [] : windowsOf(order)
  }
  // Page by page to the end: an order whose window is nobody's work must not hide one behind it.
  const work: Work[] = []
  let after: AlertedOrder | undefined
  do {
    const page = { now, limit: LOOK_MAX_COUNT, ...(after === undefined ? {} : { after }) }
    const orders = await store.alertedOrders(page)
    work.push(...orders.flatMap(windowsOf))
    after = orders.length === LOOK_MAX_COUNT ? orders.at(-1) : undefined
  } while (after !== undefined)
  return work
}

/** An order that cannot be read must not hide all others; the engine tells of it as `order_stopped`. */
function readable(snapshot: string): OrderState | null {
  try {
    return decodeSnapshot(snapshot)
  } catch (error) {
    if (error instanceof SnapshotError) return null
    throw error
  }
}

async function listPutOff(
  { store, now }: WorkPorts,
  { orderId }: WorkFilter,
): Promise<readonly Work[]> {
  if (orderId !== undefined) {
    const events = await store.events(orderId)
    return [
      ...workOfParked(
        events.filter(({ status }) => status === 'parked'),
        now,
      ),
      ...workOfWaiting(events.filter(({ status }) => status === 'waiting')),
    ]
  }
  const [parked, waiting] = await Promise.all([
    store.putOffEvents('parked', LOOK_MAX_COUNT),
    store.putOffEvents('waiting', LOOK_MAX_COUNT),
  ])
  return [...workOfParked(parked, now), ...workOfWaiting(waiting)]
}
