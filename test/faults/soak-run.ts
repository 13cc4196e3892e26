// npm run soak -- --minutes 30: prints memory and open files as it goes, and the ledger at the end.
import { parseArgs } from 'node:util';
import { checkSum } from './check.ts';
import { Scene } from './scene.ts';
import { soak } from './soak.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
});
const scene = new Scene();
await soak(scene, Number(values.minutes), Number(values.seed), (line) => console.log(line)).catch((error: unknown) => {
  scene.wrong.push(`it broke off: ${error instanceof Error ? error.message : String(error)}`);
});
const { messages, lost, doubled, uncertain } = await checkSum(scene);
await scene.clean();
for (const note of scene.notes) console.log(note);
console.log(`${messages} messages, lost ${lost}, doubled ${doubled}, uncertain ${uncertain}`);
for (const wrong of scene.wrong) console.log(`WRONG: ${wrong}`);
process.exit(scene.wrong.length > 0 ? 1 : 0);
