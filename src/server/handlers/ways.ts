// Transports and addresses not to be used: their state, and what a person does to them.
import { activeSuppressions, lift, readAddress, suppress, suppressionAsJson } from '../../desk/suppress.ts';
import { testTransport } from '../../desk/test-transport.ts';
import { setPause, transportAsJson, transportsShown } from '../../desk/transports.ts';
import { by, type Handlers } from '../call.ts';

type Ways =
  | 'listTransports'
  | 'pauseTransport'
  | 'resumeTransport'
  | 'testTransport'
  | 'listSuppressions'
  | 'suppress'
  | 'liftSuppression';

export const wayHandlers: Handlers<Ways> = {
  async listTransports(_, { parts }) {
    const { store, settings } = parts.opened;
    const shown = (await transportsShown(store, await settings())).map(transportAsJson);
    return { items: shown.map((one) => ({ ...one, limits: { ...one.limits } })) };
  },

  async pauseTransport({ params, body }, call) {
    const { store, settings } = call.parts.opened;
    await setPause(store, await settings(), params.name, { pause: { reason: body.reason ?? null }, by: by(call) });
    return undefined;
  },

  async resumeTransport({ params }, call) {
    const { store, settings } = call.parts.opened;
    await setPause(store, await settings(), params.name, { pause: null, by: by(call) });
    return undefined;
  },

  async testTransport({ params, body }, { parts }) {
    const { ok, steps, transcript } = await testTransport(parts.opened, params.name, body.to ?? null);
    return { ok, steps, transcript };
  },

  async listSuppressions(_, { parts }) {
    return { items: (await activeSuppressions(parts.opened.store)).map(suppressionAsJson) };
  },

  async suppress({ body }, call) {
    const { store, settings } = call.parts.opened;
    const address = readAddress(body.address, (await settings()).company.country);
    const until = body.until === undefined ? null : Date.parse(body.until);
    return suppressionAsJson(await suppress(store, address, { reason: body.reason ?? null, until, by: by(call) }));
  },

  async liftSuppression({ params }, call) {
    const { store, settings } = call.parts.opened;
    await lift(store, readAddress(params.address, (await settings()).company.country), by(call));
    return undefined;
  },
};
