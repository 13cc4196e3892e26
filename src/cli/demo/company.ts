// The sample company of the demo: a petroleum distributor, its forty customers, and its settings. Everything is made up.

export interface SampleCustomer {
  number: string;
  name: string;
  city: string;
  email: string;
  fax: string;
  deliver: string;
}

/** Local parts that the catcher treats as the real world would. */
export const trouble = { refused: 'closed.account', later: 'greylisted', dropped: 'bad.line' } as const;

const businesses = [
  'American Business Futures',
  'Breckenridge Trucking',
  'Cottonwood Farms',
  'Delta County Co-op',
  'Eagle Pass Aggregates',
  'Front Range Paving',
  'Gunnison Valley Dairy',
  'Highline Excavating',
  'Ironwood Logistics',
  'Juniper Ridge Ranch',
  'Kit Carson Freight',
  'Leadville Mining Supply',
  'Mesa Verde Tours',
  'North Platte Irrigation',
  'Ouray Mountain Rescue',
  'Pikes Peak Concrete',
  'Quarry Hill Stone',
  'Rocky Ford Melons',
  'San Luis School District',
  'Timberline Construction',
  'Uncompahgre Lumber',
  'Vail Snow Removal',
  'Western Slope Orchards',
  'Yampa River Marina',
  'Zephyr Air Charter',
  'Arapahoe Street Garage',
  'Boulder Creek Nursery',
  'Castle Rock Crushing',
  'Durango Rail Services',
  'Estes Park Shuttle',
  'Fort Morgan Feed',
  'Grand Mesa Outfitters',
  'Hayden Coal Haulage',
  'Idaho Springs Towing',
  'Jefferson County Roads',
  'Kremmling Equipment Hire',
  'Las Animas Transport',
  'Monte Vista Potato',
  'Nederland Fire Department',
  'Ophir Contractors',
] as const;

const cities = ['Denver, CO', 'Pueblo, CO', 'Grand Junction, CO', 'Cheyenne, WY', 'Laramie, WY', 'Farmington, NM'];

const domainOf = (name: string): string => `${name.toLowerCase().replace(/[^a-z]+/g, '-')}.example`;

function ordinary(name: string, at: number): SampleCustomer {
  const email = `accounts@${domainOf(name)}`;
  const fax = `(303) 555-01${String(at).padStart(2, '0')}`;
  const base = {
    number: `01-${name.slice(0, 3).toUpperCase()}${String(at + 1).padStart(3, '0')}`,
    name,
    city: cities[at % cities.length]!,
  };
  if (at % 5 === 3) return { ...base, email: '', fax, deliver: 'default=fax' };
  if (at % 5 === 4) return { ...base, email, fax, deliver: 'default=email,fax; statement=fax' };
  return { ...base, email, fax: '', deliver: 'default=email' };
}

/** What goes wrong in every real directory. */
const special: Record<number, Partial<SampleCustomer>> = {
  6: { email: '' },
  8: { email: '', fax: '555-01', deliver: 'default=fax' },
  11: { email: `${trouble.refused}@${domainOf(businesses[11])}` },
  16: { email: `${trouble.later}@${domainOf(businesses[16])}` },
  21: { email: `${trouble.dropped}@${domainOf(businesses[21])}` },
  // Several addresses in one field.
  30: { email: `ap@${domainOf(businesses[30])}; owner@${domainOf(businesses[30])}` },
};

export const customers: readonly SampleCustomer[] = businesses.map((name, at) => ({
  ...ordinary(name, at),
  ...special[at],
}));

const quoted = (text: string): string => (/[",;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** As an ERP would export it. */
export const customersCsv = (): string =>
  [
    'customer,name,email,fax,deliver',
    ...customers.map((one) => [one.number, one.name, one.email, one.fax, one.deliver].map(quoted).join(',')),
  ].join('\r\n') + '\r\n';

export interface SampleWays {
  /** Port of the catcher. */
  port: number;
  /** Full path of the sample driver. */
  driver: string;
}

/** The settings file of the sample company: what an administrator would write. */
export const settingsYaml = ({
  port,
  driver,
}: SampleWays): string => `# Settings of the sample company. The manual: docs/settings.md
company:
  code: HPD
  name: High Plains Petroleum Distributors
  email: billing@high-plains.example
  fax: "+1 303 555 0199"
  country: US
  timeZone: America/Denver

documentTypes:
  invoice:
    name: Invoice
    fileName: "Invoice {{ document.number }}.pdf"
    grouping: each
    email:
      subject: "Invoice {{ document.number }} from {{ company.name }}"
      note: |
        Dear {{ customer.name }},

        please find invoice **{{ document.number }}** over {{ document.amount }} {{ document.currency }} attached.
        It is due on {{ document.due }}.

        Thank you for your business.
        {{ company.name }}
      transport: office
    fax:
      subject: "Invoice {{ document.number }}"
      note: "Invoice {{ document.number }} follows. Questions: {{ company.email }}"
      transport: faxgateway
  statement:
    name: Statement
    fileName: "Statement {{ document.date }}.pdf"
    grouping: each
    email:
      subject: "Your statement of {{ document.date }}"
      note: |
        Dear {{ customer.name }},

        your statement of account is attached. Please tell us within ten days if it does not agree with your books.
      transport: office
    fax:
      subject: "Statement {{ document.date }}"
      note: "Your statement of account follows."
      transport: faxdriver

transports:
  office:                          # the mail server
    kind: smtp
    host: 127.0.0.1
    port: ${port}
    tls: none
    limits: { connections: 8 }
  faxgateway:                      # a service that turns mail into fax: the number becomes the address
    kind: smtp
    host: 127.0.0.1
    port: ${port}
    tls: none
    address: "{{ fax.digits }}@fax-gateway.example"
  faxdriver:                       # an external program sends the fax
    kind: driver
    command: ${JSON.stringify(driver)}
    timeout: 20
`;
