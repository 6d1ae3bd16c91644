# frozen_string_literal: true

require 'openssl'
require 'securerandom'

module Standin
  # The client's half of SCRAM-SHA-1 (RFC 5802), and of PLAIN where the server has nothing else.
  class Scram
    def initialize(user, password)
      @user = user
      @password = password
      @nonce = SecureRandom.alphanumeric(24)
    end

    def first = "n,,#{bare}"

    # The answer to the server's challenge; raises when the server does not continue our nonce.
    def final(challenge)
      fields = parse(challenge)
      raise IOError, 'the server changed the nonce' unless fields['r'].to_s.start_with?(@nonce)
      salted = OpenSSL::KDF.pbkdf2_hmac(@password, salt: fields['s'].unpack1('m'), iterations: fields['i'].to_i,
                                                   length: 20, hash: 'SHA1')
      without_proof = "c=biws,r=#{fields['r']}"
      signed = "#{bare},#{challenge},#{without_proof}"
      @server_signature = hmac(hmac(salted, 'Server Key'), signed)
      "#{without_proof},p=#{[proof(hmac(salted, 'Client Key'), signed)].pack('m0')}"
    end

    def server_proved?(success) = parse(success)['v'].to_s.unpack1('m') == @server_signature
    def plain = "\0#{@user}\0#{@password}"

    private

    def bare = "n=#{@user.gsub('=', '=3D').gsub(',', '=2C')},r=#{@nonce}"
    def hmac(key, text) = OpenSSL::HMAC.digest('SHA1', key, text)
    def parse(text) = text.split(',').to_h { |field| field.split('=', 2) }

    def proof(client_key, signed)
      signature = hmac(OpenSSL::Digest::SHA1.digest(client_key), signed)
      client_key.bytes.zip(signature.bytes).map { |one, two| one ^ two }.pack('C*')
    end
  end
end
