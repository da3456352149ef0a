import { describe, expect, it } from '@jest/globals';
import { certificateFault, isCertificate } from '../../../src/compile/certificates.ts';
import { keyFile } from '../../support/resources.ts';

const certificate = keyFile('tls.certificate.pem');
const key = keyFile('tls.private.pem');

describe('certificateFault', () => {
  it('finds none in a certificate and its key', () => {
    expect(certificateFault({}, certificate, key)).toBe('');
  });

  it.each([
    ['a certificate that is none', 'nonsense', key],
    ['a key that is none', certificate, 'nonsense'],
    ['the key of another certificate', certificate, keyFile('rsa.private.pem')],
  ])('tells of %s, without repeating it', (_title, cert, pem) => {
    const fault = certificateFault({}, cert, pem);
    expect(fault).not.toBe('');
    expect(fault).not.toContain('nonsense');
  });

  it('looks once at what has not changed', () => {
    const owner = {};
    expect(certificateFault(owner, certificate, key)).toBe('');
    expect(certificateFault(owner, 'not looked at', 'any more')).toBe('');
  });
});

describe('isCertificate', () => {
  it.each([
    [certificate, true],
    [key, false],
    ['', false],
  ])('case %#', (pem, expected) => {
    expect(isCertificate(pem)).toBe(expected);
  });
});
