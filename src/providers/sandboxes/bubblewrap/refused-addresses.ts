import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Where slirp4netns answers for the resolver of the host; assets/sandbox/etc/resolv.conf names it. */
const resolver = '10.0.2.3';

/** Everything of IPv4 that is not the internet; of IPv6 there is nothing inside. */
export const notPublic = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // Of clouds: what a machine asks about itself, though the address looks public.
  '168.63.129.16',
];

/** Rules of nftables for a network namespace. `reachable`: addresses that are open though they are private. */
export function filterRules(reachable: readonly string[]): string {
  const refused = [...new Set([...notPublic, ...ownAddresses()])];
  return [
    'table inet perdura {',
    `  set refused { type ipv4_addr; flags interval; auto-merge; elements = { ${refused.join(', ')} }; }`,
    '  chain output {',
    '    type filter hook output priority 0; policy drop;',
    '    oifname "lo" accept',
    `    ip daddr ${resolver} meta l4proto { tcp, udp } th dport 53 accept`,
    ...(reachable.length === 0 ? [] : [`    ip daddr { ${reachable.join(', ')} } meta l4proto tcp accept`]),
    '    ip daddr @refused reject with icmpx type admin-prohibited',
    '    meta nfproto ipv4 meta l4proto { tcp, udp } th dport { 53, 853 } reject with icmpx type admin-prohibited',
    '    meta nfproto ipv4 meta l4proto { tcp, udp } accept',
    '    reject with icmpx type admin-prohibited',
    '  }',
    '}',
    '',
  ].join('\n');
}

/** Those of this machine, which may be public while what listens on them is meant for it alone. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap(entries => entries ?? [])
    .map(entry => entry.address)
    .filter(address => isIPv4(address));
}
