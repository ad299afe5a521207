/**
 * One worker of the torn files. Arguments: how many images, the seed, a folder for its files and one for what it finds. Says
 * `images N` as it goes and its report as one line of JSON at the end.
 */
import { createRandom } from '../../random.ts'
import { runSlice } from '../torn/slice.ts'

const [imageCount = '0', seed = '', folder = '', keepFolder = ''] = process.argv.slice(2)
const report = await runSlice({
  folder,
  keepFolder,
  draws: createRandom(seed),
  imageCount: Number(imageCount),
  onImages: (count) => process.stdout.write(`images ${count}\n`),
})
process.stdout.write(`${JSON.stringify(report)}\n`)
