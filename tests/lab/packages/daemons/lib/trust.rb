# frozen_string_literal: true

require 'open3'
require 'openssl'

module Standin
  # The certificates of the Java trust store, read once at start as a Java virtual machine does.
  module Trust
    COMMAND = ['keytool', '-J-XX:TieredStopAtLevel=1', '-J-XX:+UseSerialGC', '-list', '-rfc', '-cacerts',
               '-storepass', 'changeit'].freeze
    EXPIRED = OpenSSL::X509::V_ERR_CERT_HAS_EXPIRED

    # A TLS context that verifies against the trust store. Java accepts an expired certificate that is itself an
    # entry of the store, and takes such an entry as an anchor even when it is not a CA.
    def self.context(log)
      trusted = certificates(log)
      store = OpenSSL::X509::Store.new
      trusted.each_value { |certificate| store.add_cert(certificate) }
      store.flags = OpenSSL::X509::V_FLAG_PARTIAL_CHAIN
      context = OpenSSL::SSL::SSLContext.new
      context.set_params(verify_mode: OpenSSL::SSL::VERIFY_PEER, verify_hostname: true)
      context.cert_store = store
      context.verify_callback = lambda do |good, chain|
        good || (chain.error == EXPIRED && chain.current_cert && trusted.key?(chain.current_cert.to_der))
      end
      context
    end

    def self.unverified_context
      context = OpenSSL::SSL::SSLContext.new
      context.set_params(verify_mode: OpenSSL::SSL::VERIFY_NONE, verify_hostname: false)
      context
    end

    def self.certificates(log)
      text, errors, status = Open3.capture3(*COMMAND)
      log.severe("The Java trust store cannot be read: #{errors}") unless status.success?
      text.scan(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/m).to_h do |pem|
        certificate = OpenSSL::X509::Certificate.new(pem)
        [certificate.to_der, certificate]
      end
    end
    private_class_method :certificates
  end
end
