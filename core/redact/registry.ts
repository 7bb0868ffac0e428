import type { RedactionRule } from "./rule.ts";
import { apiKeys } from "./rules/api_keys.ts";
import { assignments } from "./rules/assignments.ts";
import { authHeaders } from "./rules/auth_headers.ts";
import { bankAccount } from "./rules/bank_account.ts";
import { email } from "./rules/email.ts";
import { nationalId } from "./rules/national_id.ts";
import { paymentCard } from "./rules/payment_card.ts";
import { phone } from "./rules/phone.ts";
import { privateKeys } from "./rules/private_keys.ts";
import { tokens } from "./rules/tokens.ts";
import { urlCredentials } from "./rules/url_credentials.ts";

/** Every rule. Where matches overlap they become one, named after the rule that stands first here. */
export const RULES: readonly RedactionRule[] = [
  privateKeys,
  apiKeys,
  tokens,
  urlCredentials,
  authHeaders,
  assignments,
  paymentCard,
  bankAccount,
  nationalId,
  email,
  phone,
];

/** Version of the rules, published as `redaction.ruleset`; changes with every change of what is found. */
export const RULESET_VERSION = "2026.11.1";
