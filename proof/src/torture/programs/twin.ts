/** A twin of Klarna without orders, which outlives the engines that call it. Says its address as one line of JSON. */
import { startTwin } from '@postdelivery/adapters/klarna-twin'

const twin = await startTwin({ orders: [], settings: { rateLimitPerSecond: null } })
const { url, username, password } = twin
process.stdout.write(`${JSON.stringify({ url, username, password })}\n`)
// Ends with whoever started it.
process.stdin.resume().on('end', () => process.exit(0))
