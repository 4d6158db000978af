/** What an error page or an API's answer says, in one sentence. */
export function faultIn(body: string): string {
  try {
    return String((JSON.parse(body) as { message?: string }).message ?? '');
  } catch {
    const page = new DOMParser().parseFromString(body, 'text/html');
    return (page.querySelector('.notice p') ?? page.querySelector('h1'))?.textContent?.trim() ?? '';
  }
}
