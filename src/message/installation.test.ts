// What is a copy, and what is only a move.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { copyWhy, databasePlace, type Marks, type Place } from './installation.ts';

const place: Place = { name: null, host: 'alpha', folder: '/var/lib/outbox', machine: 'm1', inode: '17' };
const own: Marks = {
  database: { id: 'i1', madeAt: 0, madeOn: 'alpha', database: databasePlace('7001', '16384'), starts: 5 },
  foundDatabase: databasePlace('7001', '16384'),
  folder: { id: 'i1', place, starts: 5 },
  here: place,
  mayJoin: false,
};
const at = (change: Partial<Place>, before: Partial<Place> = {}): Marks => ({
  ...own,
  folder: { ...own.folder!, place: { ...place, ...before } },
  here: { ...place, ...change },
});
const inContainer = { machine: null, host: 'c0ffee' };

suite('no copy', () => {
  for (const [what, marks] of [
    ['the installation itself', own],
    ['a folder that was moved', at({ folder: '/srv/outbox' })],
    ['a machine with a new name', at({ host: 'beta' })],
    ['a container that was made anew on the same volume', at({ ...inContainer, host: 'decade' }, inContainer)],
    ['the same volume, now in a container', at(inContainer)],
    ['a place with a name, on whatever machine', at({ name: 'prod', machine: 'm2', inode: '99' }, { name: 'prod' })],
    ['a place that gets a name', at({ name: 'prod' })],
    ['a further worker of the same database', { ...own, folder: null, mayJoin: true }],
    ['a database that other folders have used since', { ...own, database: { ...own.database, starts: 9 } }],
    [
      'a database that does not say on which system it is any more',
      { ...own, foundDatabase: databasePlace(null, '16384') },
    ],
  ] as const) {
    test(what, () => assert.equal(copyWhy(marks), null));
  }
});

suite('a copy', () => {
  for (const [what, marks, why] of [
    ['a folder that was copied on the same machine', at({ folder: '/tmp/copy', inode: '18' }), /copied or restored/],
    ['a folder that was restored in the same place', at({ inode: '18' }), /copied or restored/],
    ['a cloned machine', at({ machine: 'm2' }), /another machine, alpha/],
    ['a named place under another name', at({ name: 'test' }, { name: 'prod' }), /the place prod, and this is test/],
    ['a database file alone', { ...own, folder: null }, /backup, or only its database/],
    ['a database beside the folder of another', { ...own, folder: { ...own.folder!, id: 'i2' } }, /two installations/],
    ['an older database beside its folder', { ...own, database: { ...own.database, starts: 4 } }, /older/],
    ['a dump in another system', { ...own, foundDatabase: databasePlace('7002', '16384') }, /dump/],
    [
      'a dump in another database of the same system',
      { ...own, foundDatabase: databasePlace('7001', '16390') },
      /dump/,
    ],
  ] as const) {
    test(what, () => assert.match(copyWhy(marks) ?? '', why));
  }
});
