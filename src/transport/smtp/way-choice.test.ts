// The choice between one by one and a window, on simulated lines: it ends with the better way, and looking costs little.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { type Choice, choose, firstChoice, type Way, type Width } from './way-choice.ts';

/** What a message takes, ms. */
type Costs = Record<Way, number>;

interface Run {
  choice: Choice;
  /** All messages together. */
  ms: number;
  /** In the order of the messages. */
  ways: Way[];
}

/** @param jitter gives for each message by what its time is multiplied */
function simulate(costs: Costs, width: Width, messages: number, jitter: () => number = () => 1): Run {
  const run: Run = { choice: firstChoice(width), ms: 0, ways: [] };
  for (let message = 0; message < messages; message++) {
    const { way } = run.choice;
    const ms = costs[way] * jitter();
    run.ms += ms;
    run.ways.push(way);
    run.choice = choose(run.choice, { way, ms, octets: 60_000 }, width);
  }
  return run;
}

/** A generator that gives the same numbers for the same seed (xorshift). */
function numbers(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}

const widths = fc.record({ window: fc.integer({ min: 2, max: 16 }), lines: fc.integer({ min: 1, max: 10 }) });
/** A window is at most as many times as quick as it is wide, and what a chunk saves beside DATA. */
const lines = widths.chain((width) =>
  fc.record({
    width: fc.constant(width),
    one: fc.double({ min: 0.05, max: 500, noNaN: true }),
    times: fc.double({ min: 0.3, max: width.window * 1.2, noNaN: true }),
    seed: fc.integer(),
  }),
);
const costsOf = ({ one, times }: { one: number; times: number }): Costs => ({ one, window: one / times });

/** Enough for the longest trial. */
const trialOf = ({ window, lines }: Width): number => 4 * (Math.max(8, 4 * lines) + window * Math.max(4, 2 * lines));

suite('the choice of the way', () => {
  test('begins one by one, tries the window, and keeps it where it is quicker', () => {
    const { choice, ways } = simulate({ one: 80, window: 20 }, { window: 4, lines: 1 }, 100);
    assert.equal(ways[0], 'one');
    assert.equal(choice.way, 'window');
    assert.ok(ways.filter((way) => way === 'one').length <= 24);
  });

  test('keeps one by one where the window is slower, as on a server that holds back its answers', () => {
    const { choice, ways } = simulate({ one: 20, window: 35 }, { window: 4, lines: 1 }, 1_000);
    assert.equal(choice.way, 'one');
    assert.ok(ways.filter((way) => way === 'window').length <= 16, 'one stretch is enough to see it');
  });

  test('keeps one by one where both are as quick: fewer messages are in doubt', () => {
    assert.equal(simulate({ one: 20, window: 20 }, { window: 4, lines: 2 }, 500).choice.kept, 'one');
  });

  test('one stretch that a hiccup spoilt does not change what is kept', () => {
    let message = 0;
    const hiccup = (): number => (++message === 3 ? 40 : 1);
    const { choice } = simulate({ one: 20, window: 24 }, { window: 4, lines: 1 }, 400, hiccup);
    assert.equal(choice.kept, 'one');
  });

  test('programs that grow warm make the window, which is tried later, look no better', () => {
    let message = 0;
    const warming = (): number => 1 + 4 * 0.97 ** message++;
    const { choice } = simulate({ one: 1.8, window: 2 }, { window: 4, lines: 1 }, 400, warming);
    assert.equal(choice.kept, 'one');
  });

  test('a stretch of small messages makes neither look good', () => {
    const width = { window: 4, lines: 1 };
    let choice = firstChoice(width);
    for (let message = 0; message < 200 && choice.rest === 0; message++) {
      const { way } = choice;
      // The line is the limit: a millisecond for every 10,000 octets, whichever way.
      const octets = way === 'one' ? 600_000 : 60_000;
      choice = choose(choice, { way, ms: octets / 10_000, octets }, width);
    }
    assert.equal(choice.kept, 'one');
  });

  test('what was measured of the other way, while lines change over, counts for nothing', () => {
    const width = { window: 4, lines: 1 };
    const choice = firstChoice(width);
    assert.equal(choose(choice, { way: 'window', ms: 1, octets: 1 }, width), choice);
  });

  test('is looked at again, and follows a server that has changed; less and less often while it has not', () => {
    const width = { window: 4, lines: 1 };
    let { choice } = simulate({ one: 80, window: 20 }, width, 100);
    const pauses: number[] = [];
    for (let message = 0; message < 60_000; message++) {
      const { rest } = choice;
      choice = choose(choice, { way: choice.way, ms: choice.way === 'one' ? 80 : 20, octets: 1 }, width);
      if (choice.rest > rest) pauses.push(choice.pause);
    }
    assert.deepEqual(pauses, [3_200, 6_400, 12_800, 12_800, 12_800, 12_800]);
    for (let message = 0; message < 14_000; message++)
      choice = choose(choice, { way: choice.way, ms: choice.way === 'one' ? 20 : 35, octets: 1 }, width);
    assert.equal(choice.kept, 'one');
  });

  test('never ends with a way that is more than 5 % slower than the other', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const { width } = line;
        const cost = costsOf(line);
        const next = numbers(line.seed);
        const { choice } = simulate(cost, width, trialOf(width) + 1, () => 0.98 + 0.04 * next());
        assert.ok(cost[choice.kept] <= Math.min(cost.one, cost.window) / 0.95, `${choice.kept} was kept`);
      }),
      { numRuns: 500 },
    );
  });

  test('in the long run all messages together take at most 5 % more than over the better way alone', () => {
    fc.assert(
      fc.property(lines, (line) => {
        const { width } = line;
        const cost = costsOf(line);
        const next = numbers(line.seed);
        const messages = 1_000 * width.window * width.lines;
        const { ms } = simulate(cost, width, messages, () => 0.98 + 0.04 * next());
        const best = Math.min(cost.one, cost.window) * messages;
        assert.ok(ms <= best / 0.95, `${(best / ms).toFixed(3)} of the better`);
      }),
      { numRuns: 60 },
    );
  });
});
