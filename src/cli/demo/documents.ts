// The sample documents of the demo: invoices and statements that look like real ones, drawn anew every time.
import { PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from '@cantoo/pdf-lib';
import type { SampleCustomer } from './company.ts';

export interface SampleLine {
  text: string;
  quantity: number;
  /** Cents, or tenths of a cent where fuel is priced so; dollars here. */
  price: number;
}

export interface SampleDocument {
  type: 'invoice' | 'statement';
  number: string;
  /** ISO dates. */
  date: string;
  due: string;
  customer: SampleCustomer;
  lines: SampleLine[];
}

interface Fonts {
  plain: PDFFont;
  bold: PDFFont;
}

const ink = rgb(0.13, 0.15, 0.19);
const grey = rgb(0.42, 0.45, 0.5);
const brand = rgb(0.05, 0.32, 0.45);
const amber = rgb(0.93, 0.6, 0.13);
const band = rgb(0.93, 0.95, 0.96);
const left = 56;
const right = 556;

export const money = (amount: number): string => amount.toFixed(2);
const shown = (amount: number): string =>
  amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const amountOf = ({ quantity, price }: SampleLine): number => Math.round(quantity * price * 100) / 100;

export const totalOf = (document: SampleDocument): number =>
  Math.round(document.lines.reduce((sum, line) => sum + amountOf(line), 0) * 100) / 100;

function write(page: PDFPage, text: string, x: number, y: number, font: PDFFont, size = 10, color = ink): void {
  page.drawText(text, { x, y, font, size, color });
}

const writeRight = (page: PDFPage, text: string, x: number, y: number, font: PDFFont, size = 10, color = ink): void =>
  write(page, text, x - font.widthOfTextAtSize(text, size), y, font, size, color);

/** A drop of oil in a circle. */
function drawLogo(page: PDFPage): void {
  page.drawCircle({ x: left + 20, y: 724, size: 20, color: brand });
  page.drawSvgPath('M 0 -13 C 6 -4 8 0 8 4 A 8 8 0 0 1 -8 4 C -8 0 -6 -4 0 -13 Z', {
    x: left + 20,
    y: 724,
    color: amber,
  });
}

function drawHead(page: PDFPage, document: SampleDocument, { plain, bold }: Fonts): void {
  drawLogo(page);
  write(page, 'HIGH PLAINS', left + 50, 730, bold, 15, brand);
  write(page, 'Petroleum Distributors', left + 50, 714, plain, 11, grey);
  writeRight(page, document.type.toUpperCase(), right, 726, bold, 20);
  writeRight(page, `${document.number}   ${document.date}`, right, 708, plain, 10, grey);
  page.drawLine({ start: { x: left, y: 692 }, end: { x: right, y: 692 }, thickness: 1.5, color: brand });
  const { customer } = document;
  write(page, customer.name, left, 662, bold, 11);
  write(page, 'Accounts Payable', left, 647, plain);
  write(page, customer.city, left, 633, plain);
  write(page, `Customer ${customer.number}`, 380, 662, plain);
  write(page, `Date ${document.date}`, 380, 647, plain);
  write(page, document.type === 'invoice' ? `Due ${document.due}` : 'Terms net 30', 380, 633, plain);
}

function drawTable(page: PDFPage, document: SampleDocument, { plain, bold }: Fonts): number {
  let y = 594;
  page.drawRectangle({ x: left, y: y - 6, width: right - left, height: 20, color: brand });
  const white = rgb(1, 1, 1);
  write(page, document.type === 'invoice' ? 'Product' : 'Invoice', left + 8, y, bold, 9, white);
  writeRight(page, document.type === 'invoice' ? 'Quantity' : 'Count', 370, y, bold, 9, white);
  writeRight(page, 'Price', 450, y, bold, 9, white);
  writeRight(page, 'Amount', right - 8, y, bold, 9, white);
  document.lines.forEach((line, at) => {
    y -= 20;
    if (at % 2 === 1) page.drawRectangle({ x: left, y: y - 6, width: right - left, height: 20, color: band });
    write(page, line.text, left + 8, y, plain, 9.5);
    writeRight(page, line.quantity.toLocaleString('en-US'), 370, y, plain, 9.5);
    writeRight(page, line.price < 10 ? line.price.toFixed(4) : shown(line.price), 450, y, plain, 9.5);
    writeRight(page, shown(amountOf(line)), right - 8, y, plain, 9.5);
  });
  return y;
}

function drawTotal(page: PDFPage, document: SampleDocument, from: number, { plain, bold }: Fonts): void {
  const y = from - 34;
  page.drawLine({ start: { x: 370, y: y + 18 }, end: { x: right, y: y + 18 }, thickness: 0.8, color: grey });
  write(page, document.type === 'invoice' ? 'Total due (USD)' : 'Balance (USD)', 370, y, bold, 11);
  writeRight(page, shown(totalOf(document)), right - 8, y, bold, 11);
  write(
    page,
    'Please pay to High Plains Bank, account 000123456, and name the number of this document.',
    left,
    96,
    plain,
    8.5,
    grey,
  );
  write(
    page,
    '1200 Refinery Road, Denver, CO 80216    (303) 555-0198    billing@high-plains.example',
    left,
    82,
    plain,
    8.5,
    grey,
  );
}

/** One page, Letter. */
export async function drawDocument(document: SampleDocument): Promise<Uint8Array> {
  const pdf = await PDFDocument.create();
  pdf.setTitle(`${document.type} ${document.number}`);
  const fonts = {
    plain: await pdf.embedFont(StandardFonts.Helvetica),
    bold: await pdf.embedFont(StandardFonts.HelveticaBold),
  };
  const page = pdf.addPage([612, 792]);
  drawHead(page, document, fonts);
  drawTotal(page, document, drawTable(page, document, fonts), fonts);
  return pdf.save();
}
