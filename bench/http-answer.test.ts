import { describe, expect, it } from 'vitest';
import { findAnswer } from './http-answer.ts';

const whole = (text: string) => findAnswer(Buffer.from(text));

describe('findAnswer', () => {
  it('waits for the whole body a Content-Length declares', () => {
    expect(whole('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell')).toBeNull();
    expect(whole('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1')).toEqual({ status: 200, length: 43 });
  });

  it('waits for the last chunk of a chunked one', () => {
    const head = 'HTTP/1.1 401 Unauthorized\r\ntransfer-encoding: chunked\r\n\r\n';
    expect(whole(`${head}5\r\nhello\r\n`)).toBeNull();
    expect(whole(`${head}5\r\nhello\r\n0\r\n`)).toBeNull();
    expect(whole(`${head}5\r\nhello\r\n0\r\n\r\n`)).toEqual({ status: 401, length: head.length + 15 });
  });

  it('waits for the head', () => {
    expect(whole('HTTP/1.1 200 OK\r\nContent-Len')).toBeNull();
  });
});
