// What mail systems say of a domain that does not exist or takes no mail (RFC 7505).
import type { ReasonRule } from './rule.ts';

export const domainRules: readonly ReasonRule[] = [
  {
    reason: 'network',
    pattern:
      /host not found,? try again|malformed or unexpected name server reply|name service error.{0,120}(?:try again|SERVFAIL)|dns (?:server )?(?:timeout|failure)|temporary dns|cname lookup failed temporarily|host lookup did not complete|4\.4\.\d+ (?:dns|name)/i,
    sample: 'Name service error for domain example.com: Host not found, try again',
  },
  {
    reason: 'domain-unknown',
    pattern:
      /host (?:or domain )?(?:name )?(?:is )?(?:unknown|not found)|unknown host|no such (?:host|domain)|(?:host|domain)(?: name)? (?:does not|doesn't) exist|domain\b.{0,60}(?:does not exist|not found|could ?n[o'’]t be found|couldn[’']t be found)|domain name not found|could ?n[o'’]t find any host|name or service not known/i,
    sample: 'Host or domain name not found. Name service error for name=nowhere.example type=A: Host not found',
  },
  {
    reason: 'domain-unknown',
    pattern:
      /NXDOMAIN|non-?existent (?:hosts?|domains?)|mail exchanger or ip address|domain of the recipient|InfoDomainNonexistent|had no relevant answers|no mx (?:record )?found|no mx or a record|unrouteable (?:mail )?(?:address|domain)|unroutable (?:mail )?(?:address|domain)(?! sender)|no route to domain|illegal host\/domain|host \S{1,255} not found|invalid domain\b(?! name)|domain existiert nicht|bad destination (?:system|host)/i,
    sample: 'Unrouteable address',
  },
  {
    reason: 'domain-unknown',
    pattern: /(?:does not|doesn't) accept (?:any )?mail|no smtp service|null mx|not accepting (?:network )?messages/i,
    sample: '550 5.1.10 host/domain does not accept mail',
  },
];
