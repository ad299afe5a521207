import {
  baseUrlOf,
  createKlarnaClient,
  type KlarnaOptions,
  KlarnaOptionsError,
  klarnaOptionProblems,
} from '@postdelivery/adapters/klarna'
import { describe, expect, it } from 'vitest'

describe('hosts', () => {
  const good: [unknown, string][] = [
    [{ region: 'eu', live: true }, 'https://api.klarna.com'],
    [{ region: 'eu', live: false }, 'https://api.playground.klarna.com'],
    [{ region: 'na', live: true }, 'https://api-na.klarna.com'],
    [{ region: 'na', live: false }, 'https://api-na.playground.klarna.com'],
    [{ region: 'oc', live: true }, 'https://api-oc.klarna.com'],
    [{ region: 'oc', live: false }, 'https://api-oc.playground.klarna.com'],
    [{ baseUrl: 'https://api.kustom.co' }, 'https://api.kustom.co'],
    [{ baseUrl: 'https://gateway.example/klarna//' }, 'https://gateway.example/klarna'],
    [{ baseUrl: 'http://127.0.0.1:4711/' }, 'http://127.0.0.1:4711'],
    [{ baseUrl: 'http://localhost:4711' }, 'http://localhost:4711'],
    [{ baseUrl: 'http://[::1]:4711' }, 'http://[::1]:4711'],
  ]

  it.each(good)('%j is %s', (host, url) => {
    expect(baseUrlOf(host)).toEqual({ ok: true, value: url })
  })

  const bad: [unknown, string[]][] = [
    [{}, ['/region', '/live']],
    [null, ['/region', '/live']],
    [{ region: 'eu' }, ['/live']],
    [{ region: 'se', live: 'no' }, ['/region', '/live']],
    [{ region: 'toString', live: true }, ['/region']],
    [{ region: 'eu', live: true, baseUrl: 'https://x.example' }, ['/baseUrl']],
    [{ baseUrl: 'http://klarna.example' }, ['/baseUrl']],
    [{ baseUrl: 'http://127.0.0.1.evil.example' }, ['/baseUrl']],
    [{ baseUrl: 'http://localhost.evil.example' }, ['/baseUrl']],
    [{ baseUrl: 'ftp://127.0.0.1' }, ['/baseUrl']],
    [{ baseUrl: 'https://user:pass@klarna.example' }, ['/baseUrl']],
    [{ baseUrl: 'https://klarna.example/?q#f' }, ['/baseUrl']],
    [{ baseUrl: 'klarna' }, ['/baseUrl']],
    [{ baseUrl: 7 }, ['/baseUrl']],
  ]

  it.each(bad)('%j is refused', (host, paths) => {
    const result = baseUrlOf(host)

    expect(result.ok ? [] : result.error.map((problem) => problem.path)).toEqual(paths)
  })
})

describe('options', () => {
  it('are refused with every problem at once', () => {
    const wrong = { region: 'eu', credentials: 'PK:secret', dialect: 'x', timeoutMs: 0, fetch: 1 }

    expect(() => createKlarnaClient(wrong as unknown as KlarnaOptions)).toThrow(KlarnaOptionsError)
    expect(klarnaOptionProblems(wrong).map((problem) => problem.path)).toEqual([
      '/live',
      '/credentials',
      '/dialect',
      '/timeoutMs',
      '/fetch',
    ])
  })

  it('name their problems without showing credentials', () => {
    const wrong = { baseUrl: 'https://user:hunter22@klarna.example', credentials: 'hunter22' }

    expect(() => createKlarnaClient(wrong as unknown as KlarnaOptions)).toThrow(
      /^(?!.*hunter22).*`\/baseUrl`.*`\/credentials`/,
    )
  })

  it.each([1.5, -1, Number.NaN, 2 ** 31, '5'])('refuse the time limit %s', (timeoutMs) => {
    const options = { region: 'eu', live: false, credentials: () => ({}), timeoutMs }

    expect(klarnaOptionProblems(options)).toHaveLength(1)
  })

  it('are accepted when right', () => {
    expect(klarnaOptionProblems(null)).toHaveLength(3)
    expect(
      klarnaOptionProblems({
        region: 'oc',
        live: true,
        credentials: () => ({}),
        dialect: 'guide',
        timeoutMs: 1,
        fetch,
      }),
    ).toEqual([])
  })
})
