var enableJaaS = false;

var config = {
    hosts: {
        domain: "overleg.voorbeeldstad.nl",
        anonymousdomain: "guest.overleg.voorbeeldstad.nl",
        muc: "conference.overleg.voorbeeldstad.nl"
    },
    bosh: "https://overleg.voorbeeldstad.nl/http-bind",
    websocket: "wss://overleg.voorbeeldstad.nl/xmpp-websocket",

    disableThirdPartyRequests: true,
    analytics: { disabled: true, rtcstatsEnabled: false, watchRTCEnabled: false },
    feedbackPercentage: 0,
    enableEmailInStats: false,
    enableDisplayNameInStats: false,
    gravatar: { disabled: true },
    giphy: { enabled: false },
    enableCalendarIntegration: false,
    whiteboard: { enabled: false },
    fileSharing: { enabled: false },
    transcription: { enabled: false },
    recordingService: { enabled: false, sharingEnabled: false },
    liveStreaming: { enabled: false },
    localRecording: { disable: true },
    screenshotCapture: { enabled: false },
    faceLandmarks: {
        enableFaceCentering: false,
        enableFaceExpressionsDetection: false,
        enableDisplayFaceExpressions: false,
        enableRTCStats: false
    },
    speakerStats: { disabled: true },
    disableRemoteControl: true,

    p2p: { enabled: false, stunServers: [{"urls":"stun:overleg.voorbeeldstad.nl:3478"}] },
    useTurnUdp: true,
    channelLastN: 25,
    e2ee: { disabled: false, externallyManagedKey: false },

    prejoinConfig: { enabled: true, hideExtraJoinButtons: ["by-phone"] },
    lobby: { autoKnock: false, enableChat: true },
    securityUi: { hideLobbyButton: false, disableLobbyPassword: false },
    roomPasswordNumberOfDigits: false,
    enableInsecureRoomNameWarning: true,
    requireDisplayName: true,
    hideLoginButton: false,
    tokenAuthUrl: "https://inloggen.voorbeeldstad.nl/realms/medewerkers/protocol/openid-connect/auth?client_id=overleg\u0026response_type=code\u0026scope=openid%20profile\u0026redirect_uri=https%3A%2F%2Foverleg.voorbeeldstad.nl%2Fvc4all%2Fsigned-in\u0026state={state}\u0026code_challenge={code_challenge}\u0026code_challenge_method=S256",
    tokenLogoutUrl: "https://inloggen.voorbeeldstad.nl/realms/medewerkers/protocol/openid-connect/logout?client_id=overleg\u0026post_logout_redirect_uri=https%3A%2F%2Foverleg.voorbeeldstad.nl%2F",
    startWithAudioMuted: true,
    startWithVideoMuted: true,

    doNotStoreRoom: true,
    hideEmailInSettings: true,
    disableShowMoreStats: true,
    enableSaveLogs: false,
    logging: { defaultLogLevel: "warn", disableLogCollector: true },
    apiLogLevels: [],

    defaultLanguage: "nl",
    welcomePage: { disabled: false },
    enableClosePage: false,
    deeplinking: { disabled: true },
    legalUrls: {
        helpCentre: "https://overleg.voorbeeldstad.nl/",
        privacy: "https://overleg.voorbeeldstad.nl/privacy",
        terms: "https://overleg.voorbeeldstad.nl/privacy",
        security: "https://overleg.voorbeeldstad.nl/.well-known/security.txt"
    },
    toolbarButtons: [
        "camera", "chat", "desktop", "filmstrip", "fullscreen", "hangup", "invite", "microphone", "noisesuppression",
        "participants-pane", "profile", "raisehand", "reactions", "security", "select-background", "settings",
        "shareaudio", "shortcuts", "tileview", "toggle-camera", "videoquality"
    ]
};
