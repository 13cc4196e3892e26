// Writes what an ERP would hand over: 150 invoices, 40 statements, a manifest with its control total, and the customer file.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { customers, customersCsv } from './company.ts';
import { drawDocument, money, type SampleDocument, type SampleLine, totalOf } from './documents.ts';

export interface Sample {
  customersFile: string;
  manifest: string;
  documents: number;
}

const invoiceCount = 150;
const products: readonly [text: string, price: number, typical: number][] = [
  ['Ultra-low sulfur diesel #2, gallon', 3.1879, 1200],
  ['Regular unleaded 87, gallon', 2.8945, 800],
  ['Premium unleaded 91, gallon', 3.3415, 350],
  ['Propane, gallon', 2.149, 500],
  ['Diesel exhaust fluid, drum 55 gal', 148.5, 2],
  ['Hydraulic oil AW 46, pail 5 gal', 62.25, 4],
  ['Chassis grease, case', 71.4, 1],
  ['Delivery and fuel surcharge', 45, 1],
];

/** Small, and the same on every machine: a linear congruential generator (Numerical Recipes). */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function linesOf(next: (below: number) => number): SampleLine[] {
  const first = next(products.length);
  return Array.from({ length: 1 + next(5) }, (_, at) => {
    const [text, price, typical] = products[(first + at) % products.length]!;
    return { text, price, quantity: Math.max(1, Math.round(typical * (0.5 + next(100) / 100))) };
  });
}

function makeDocuments(today: Date): SampleDocument[] {
  const next = sequence(20_261_124);
  const date = today.toISOString().slice(0, 10);
  const due = new Date(today.getTime() + 30 * 86_400_000).toISOString().slice(0, 10);
  const invoices = Array.from({ length: invoiceCount }, (_, at): SampleDocument => ({
    type: 'invoice',
    number: String(100_201 + at),
    date,
    due,
    customer: customers[at % customers.length]!,
    lines: linesOf(next),
  }));
  const statements = customers.map((customer, at): SampleDocument => ({
    type: 'statement',
    number: `S-${date.slice(0, 7)}-${String(at + 1).padStart(3, '0')}`,
    date,
    due,
    customer,
    lines: invoices
      .filter((invoice) => invoice.customer === customer)
      .map((invoice) => ({
        text: `Invoice ${invoice.number} of ${invoice.date}`,
        quantity: 1,
        price: totalOf(invoice),
      })),
  }));
  return [...invoices, ...statements];
}

const rowOf = (document: SampleDocument): string =>
  [
    `${document.type}s/${document.number}.pdf`,
    document.type,
    document.number,
    document.customer.number,
    document.date,
    document.due,
    money(totalOf(document)),
    'USD',
  ].join(',');

/** @param folder made when it is not there */
export async function writeSample(folder: string, today: Date): Promise<Sample> {
  const documents = makeDocuments(today);
  for (const type of ['invoices', 'statements']) await mkdir(join(folder, type), { recursive: true });
  for (const document of documents) {
    await writeFile(join(folder, `${document.type}s`, `${document.number}.pdf`), await drawDocument(document));
  }
  const total = money(documents.reduce((sum, document) => sum + totalOf(document), 0));
  const lines = [
    'file,type,number,customer,date,due,amount,currency',
    ...documents.map(rowOf),
    `#total,${documents.length},${total}`,
  ];
  const sample = {
    customersFile: join(folder, 'customers.csv'),
    manifest: join(folder, 'manifest.csv'),
    documents: documents.length,
  };
  await writeFile(sample.manifest, `${lines.join('\r\n')}\r\n`);
  await writeFile(sample.customersFile, customersCsv());
  return sample;
}
