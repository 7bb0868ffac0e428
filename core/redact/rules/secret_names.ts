/** What a name says about the value beside it. */
export type SecretName = "header" | "password" | "token" | "parameter" | "none";

/** Header and cookie names whose whole value is a credential. */
const HEADER =
  /^(?:proxy-)?authorization$|^(?:set-)?cookie$|^x-(?:goog-)?api-?key$|^api-key$|^x-auth-(?:token|key)$|^x-functions-key$|^x-amz-security-token$|^x-(?:access|csrf|xsrf|session|vault|gitlab|github|aws-ec2-metadata)-token$|^private-token$|^ocp-apim-subscription-key$|^x-subscription-token$|^(?:dd|x)-(?:api|app|application)-key$|^x-honeycomb-team$|^xi-api-key$/i;

const PASSWORD =
  /pass(?:wd|word|phrase|code)|passw?d\b|(?:^|[._-])pwd(?:$|[._-])|(?:^|[a-z._-])(?:Pwd|PWD)$|^pwd$|(?:^|[_-])pass$|(?:^|[._-])secret$/i;

const TOKEN =
  /secret|api[-_.]?key|access[-_.]?key|account[-_.]?key|auth[-_.]?key|private[-_.]?key|secret[-_.]?key|signing[-_.]?key|encryption[-_.]?key|master[-_.]?key|shared[-_.]?access|subscription[-_.]?key|credential|(?:^|[a-z._-])token$|token[-_.]?(?:value|secret)|auth[-_.]?token|bearer|(?:^|[._-])jwt$|session[-_.]?(?:key|token)$|(?:^|[._-])(?:auth|cookie)$/i;

/** Names that hold a secret where they are parameters of a URL; elsewhere only values that look like one are. */
const PARAMETER = /^(?:key|auth|sig|signature|code|x-amz-(?:signature|credential)|x-goog-signature)$/i;

/** Whether a name that stands behind `?` or `&` holds a secret whatever its value looks like. */
export function isSecretParameter(name: string): boolean {
  return URL_PARAMETER.test(name);
}

const URL_PARAMETER =
  /^(?:key|api[-_]?key|(?:access[-_]|id[-_]|refresh[-_]|auth[-_])?token|auth|sig|signature|client[-_]secret|secret|password|passwd|pwd|code|x-amz-(?:signature|security-token|credential)|x-goog-signature|subscription-key)$/i;

/** Names that hold a word of `TOKEN` and no secret. */
const HARMLESS =
  /(?:max|min|num|total|count|prompt|completion|input|output|cached|reasoning|budget|per)[-_.]?.{0,12}tokens?|tokens$|(?:next|page|prev|previous|continuation|sync|stop|pad|eos|bos|sep|mask|unk|special)[-_.]?(?:page)?[-_.]?token$|token[-_.]?(?:count|type|limit|usage|izer|ids?|url|uri|endpoint|expiry|expires)|public[-_.]?key|(?:file|path|url|name|id|type|hash|arn)$/i;

/**
 * Tells what a name stands for: `header` (everything beside it is hidden), `password` (any value that is no placeholder),
 * `token` (a value that looks random), `parameter` (any value in a URL, elsewhere one that looks random), `none`. Names of token
 * counts and page tokens are `none`.
 */
export function readSecretName(name: string): SecretName {
  if (HEADER.test(name)) return "header";
  if (HARMLESS.test(name)) return "none";
  if (PASSWORD.test(name)) return "password";
  if (TOKEN.test(name)) return "token";
  return PARAMETER.test(name) ? "parameter" : "none";
}
