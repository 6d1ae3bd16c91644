var enableJaaS = false;

var config = {
    hosts: {
        domain: "treffen.euregio-musterland.example",
        anonymousdomain: "guest.treffen.euregio-musterland.example",
        muc: "conference.treffen.euregio-musterland.example"
    },
    bosh: "https://treffen.euregio-musterland.example/http-bind",
    websocket: "wss://treffen.euregio-musterland.example/xmpp-websocket",

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

    p2p: { enabled: false, stunServers: [{"urls":"stun:treffen.euregio-musterland.example:3478"}] },
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
    tokenAuthUrl: "https://treffen.euregio-musterland.example/door?room={room}\u0026state={state}",
    startWithAudioMuted: true,
    startWithVideoMuted: true,

    doNotStoreRoom: true,
    hideEmailInSettings: true,
    disableShowMoreStats: true,
    enableSaveLogs: false,
    logging: { defaultLogLevel: "warn", disableLogCollector: true },
    apiLogLevels: [],

    defaultLanguage: "de",
    welcomePage: { disabled: false },
    enableClosePage: false,
    deeplinking: { disabled: true },
    legalUrls: {
        helpCentre: "https://treffen.euregio-musterland.example/",
        privacy: "https://treffen.euregio-musterland.example/privacy",
        terms: "https://treffen.euregio-musterland.example/privacy",
        security: "https://treffen.euregio-musterland.example/.well-known/security.txt"
    },
    toolbarButtons: [
        "camera", "chat", "desktop", "filmstrip", "fullscreen", "hangup", "invite", "microphone", "noisesuppression",
        "participants-pane", "profile", "raisehand", "reactions", "security", "select-background", "settings",
        "shareaudio", "shortcuts", "tileview", "toggle-camera", "videoquality"
    ]
};
