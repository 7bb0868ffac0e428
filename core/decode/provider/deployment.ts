const DEPLOYMENT = /\/deployments\/([^/]+)\//;

/**
 * Gives the deployment a path names, where the vendor's row has the quirk `deployment_in_path`. Its name is the customer's own
 * and says nothing about the model, although clients repeat it as `model`.
 */
export function findDeployment(path: string, quirks: readonly string[]): string | undefined {
  if (!quirks.includes("deployment_in_path")) return undefined;
  return DEPLOYMENT.exec(path)?.[1];
}
