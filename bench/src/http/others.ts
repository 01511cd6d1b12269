/** Programs that cache in front of the api. */
export const PROXIES = ['nginx', 'varnish'] as const;
export type ProxyName = (typeof PROXIES)[number];

/** What answers behind Express: nothing but `res.json`, or a cache library in its fastest documented form. */
export const EXPRESS_PEERS = [
  'express',
  'bentocache-shared',
  'async-cache-dedupe',
  'cacheable',
  'layered-loader',
  'ocache',
  'apicache',
] as const;
export type ExpressPeer = (typeof EXPRESS_PEERS)[number];

export function labelOfPeer(peer: ExpressPeer): string {
  return peer === 'express' ? 'Express res.json, no cache' : `${peer.replace('-shared', '')} behind Express`;
}
